  /* --- playing a call ---------------------------------------------------------------------------------------- */
  const states = { phones: {}, outside: {}, services: {} };
  /* Those of one section of the book: [name, phrase]. */
  const phrasesOf = (section) => Object.entries(phrases).filter(([name]) => name.startsWith(section + ".")).map(([name, text]) => [name.slice(section.length + 1), text]);
  /* Adds to `found` every phone and outside number that may ring when a call of `caller` takes this way. */
  function addWay(found, caller, way, moment) {
    if (way.dialOut) found.outside.add(way.dialOut);
    const walk = (node, seen) => {
      if (node.ends || seen.has(node.id)) return;
      seen.add(node.id);
      const place = node.rings;
      if (place.kind === "outside") found.outside.add(place.target);
      else if (place.kind === "service") found.services.add(place.target);
      else if (place.kind === "user") {
        found.phones.add(place.target);
        for (const leg of plan.users.get(place.target).legs || []) (leg.place.kind === "outside" ? found.outside : found.phones).add(leg.place.target);
      } else groupOf(place).members.forEach((m) => found.phones.add(m));
      node.branches.forEach((b) => walk(b.node, seen));
    };
    if (way.reach) walk(Engine.tree(plan, caller, moment, way.reach), new Set());
  }
  /* Who may be in the call that is transferred: the caller or, if the caller transfers, everybody who may have answered. */
  function transferable(caller, by, found) {
    if (caller.origin === Engine.EXTERNAL || by !== caller.number) return [{ ...caller, carried: 0 }];
    return [...[...found.phones].map((number) => ({ origin: Engine.INTERNAL, number, carried: 0 })),
      ...[...found.outside].map((number) => ({ origin: Engine.EXTERNAL, number, carried: 0 }))];
  }
  function involved(call, moment) {
    const caller = Engine.callerOf(plan, call), found = { phones: new Set(), outside: new Set(), services: new Set() };
    addWay(found, caller, caller.origin === Engine.INTERNAL ? Engine.fromPhone(plan, call.from, call.to) : Engine.fromTrunk(plan, call.to), moment);
    if (call.transfer) {
      const further = Engine.fromPhone(plan, call.transfer.by, call.transfer.to);
      for (const party of transferable(caller, call.transfer.by, found)) addWay(found, party, further, moment);
    }
    return [...[...found.phones].map((extension) => ["phones", extension, "phone_state"]), ...[...found.outside].map((number) => ["outside", number, "outside_state"]),
      ...[...found.services].map((name) => ["services", name, "service_state"])];
  }
  function sentence(event) {
    const name = party(event.subject), place = event.place ? nameOf(event.place) : name;
    const told = (kind) => say("event." + kind, { name, place, target: event.detail || event.subject,
      where: event.place && selectable(event.place) ? say("at." + event.place.kind, { name, target: event.subject }) : name,
      places: places(event.places || []), reason: event.reason ? say("reason." + event.reason) : "" });
    switch (event.kind) {
      case "entered": case "outcome": case "ended": case "refused": return null;
      case "reached": return event.place && (event.place.kind === "user" || event.place.kind === "inbound") ? told("reached") : null;
      case "skipped_visited": return told(event.subject === typed("play-from") ? "skipped_caller" : "skipped_visited");
      case "no_rule": return told(plan.users.has(event.subject) ? "no_rule_user" : "no_rule_inbound");
      case "rang": return rang(event, place);
      default: return told(event.kind);
    }
  }
  function rang({ dialled, outcome, seconds }, place) {
    if (!dialled.length) return outcome ? say("event.not_rung", { who: place, outcome: say("outcome." + outcome) }) : null;
    const values = { who: dialled.map((entry) => entry.map(party).join(" + ")).join(", "), seconds,
      rings: say(dialled.flat().length > 1 ? "ringing.several" : "ringing.one") };
    if (!outcome) return say("event.rang_answered", values);
    // A phone that had rung for some time would be no answer, whatever the others replied.
    const kind = !seconds ? "event.rang_at_once" : outcome === "no_answer" ? "event.rang" : "event.silent";
    return say(kind, { ...values, outcome: say("outcome." + outcome) });
  }
  const isExtension = (text) => plan.users.has(text) || [plan.operators, plan.groups, plan.services].some((kind) => Object.values(kind).some((g) => g.number === text));
  function endText(story) {
    const { kind, value, byRule } = story.ending, last = story.events[story.events.length - 1];
    if (last.kind === "refused")
      return last.detail === "not_inbound" && isExtension(typed("play-to")) ? say("page.extension_from_outside") : say("refused." + last.detail);
    const name = kind === "released" && byRule ? "released_rule" : kind === "mailbox" && value === "*" ? "mailbox_any" : kind;
    return say("ending." + name, { name: party(value), target: value });
  }
  function selectState(kind, target, section) {
    const mine = states[kind], name = kind === "services" ? nameOf({ kind: "service", target }) : party(target);
    const select = make("select", { "aria-label": name }), usual = phrasesOf(section)[0][0];
    for (const [value, text] of phrasesOf(section)) select.append(new Option(text, value, false, (mine[target] || usual) === value));
    select.addEventListener("change", () => {
      if (select.value === usual) delete mine[target]; else mine[target] = select.value;
      drawStory();
    });
    return make("label", {}, make("span", {}, name), select);
  }
  const typed = (id) => $(id).value.trim();
  function playedCall() {
    const call = { from: typed("play-from"), to: typed("play-to") }, by = typed("play-by"), to = typed("play-transfer");
    if (by && to && plan.users.has(by)) call.transfer = { by, to };
    return call;
  }
  function whyNotTransferred(story) {
    const by = typed("play-by"), to = typed("play-transfer");
    if ((!by && !to) || story.events.some((e) => e.kind === "transferred")) return null;
    if (!by) return say("page.no_transferor");
    if (!to) return say("page.no_target");
    if (!plan.users.has(by)) return say("page.no_extension", { number: by });
    return story.ending.kind === "answered" ? say("page.not_in_call", { name: party(by) }) : say("page.unanswered");
  }
  /* What must be typed before a call can be placed; null: nothing. */
  function whatIsMissing() {
    if (!typed("play-from")) return say("page.who_calls");
    return typed("play-to") ? null : say("page.who_is_called");
  }
  function drawPlay() {
    const missing = whatIsMissing();
    if (missing) {
      clear($("play-phones"));
      clear($("play-steps"));
      $("play-end").textContent = missing;
      return;
    }
    fill($("play-phones"), involved(playedCall(), moment()), (one) => make("li", {}, selectState(...one)), 60);
    drawStory();
  }
  function drawStory() {
    const phones = Object.fromEntries(Object.entries(states.phones).map(([e, s]) => [e, [s]]));
    const story = Engine.simulate(plan, playedCall(), { moment: moment(), phones, outside: states.outside, services: states.services });
    const told = story.events.map((e) => [sentence(e), e.at]).filter(([text]) => text);
    const untransferred = whyNotTransferred(story);
    if (untransferred) told.push([untransferred, null]);
    clear($("play-steps"), ...told.map(([text, at], number) => {
      const item = make("li", {}, text, at ? make("small", {}, at) : null);
      item.style.animationDelay = number * 0.12 + "s";
      return item;
    }));
    $("play-end").textContent = endText(story);
  }
