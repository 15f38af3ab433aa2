/* A part of the app's closure: page.py puts the parts together in the order of their names. */
  /* --- playing a call ---------------------------------------------------------------------------------------- */
  const states = { phones: {}, outside: {} };
  /* Adds to `found` whoever may be rung when a call of `caller` takes this way. */
  function addWay(found, caller, way, moment) {
    if (way.dialOut) found.outside.add(way.dialOut);
    const walk = (node, seen) => {
      if (node.ends || seen.has(node.id)) return;
      seen.add(node.id);
      const place = node.rings;
      if (place.kind === "outside") found.outside.add(place.target);
      else if (place.kind === "user") {
        found.phones.add(place.target);
        for (const leg of plan.users.get(place.target).legs || []) (leg.place.kind === "outside" ? found.outside : found.phones).add(leg.place.target);
      } else groupOf(place).members.forEach((m) => found.phones.add(m));
      node.branches.forEach((b) => walk(b.node, seen));
    };
    if (way.reach) walk(Engine.tree(plan, caller, moment, way.reach), new Set());
  }
  /* Who may be in the call that is transferred: the caller, or whoever may have answered a caller that transfers. */
  function transferable(caller, by, found) {
    if (caller.origin === Engine.EXTERNAL || by !== caller.number) return [{ ...caller, carried: 0 }];
    return [...[...found.phones].map((number) => ({ origin: Engine.INTERNAL, number, carried: 0 })),
      ...[...found.outside].map((number) => ({ origin: Engine.EXTERNAL, number, carried: 0 }))];
  }
  function involved(call, moment) {
    const caller = Engine.callerOf(plan, call), found = { phones: new Set(), outside: new Set() };
    addWay(found, caller, caller.origin === Engine.INTERNAL ? Engine.fromPhone(plan, call.from, call.to) : Engine.fromTrunk(plan, call.to), moment);
    if (call.transfer) {
      const further = Engine.fromPhone(plan, call.transfer.by, call.transfer.to);
      for (const party of transferable(caller, call.transfer.by, found)) addWay(found, party, further, moment);
    }
    return [...[...found.phones].map((extension) => ["phones", extension, PHONE_STATES]), ...[...found.outside].map((number) => ["outside", number, OUTSIDE_STATES])];
  }
  function sentence(event) {
    const who = () => party(event.subject);
    switch (event.kind) {
      case "reached": return event.place && (event.place.kind === "user" || event.place.kind === "inbound") ? `The call reaches ${nameOf(event.place)}.` : null;
      case "skipped_visited": return `${nameOf(event.place)}: skipped, the call has already been there.`;
      case "skipped_carried": return `${nameOf(event.place)}: skipped, the call has come back from outside with too many diversions.`;
      case "diverted": return `${who()} diverts (${FIELDS[event.reason]}): ${places(event.places)}.`;
      case "not_diverted_max": return `${who()} would divert, but the call has already been diverted as often as it may.`;
      case "not_diverted_visited": return `${who()} diverts every call, but only to where this one has been: the phone rings instead.`;
      case "no_rule": return plan.users.has(event.subject) ? `${who()} has no deviation for this.` : `Nothing applies to number ${event.subject} now.`;
      case "member_skipped": return `${who()} is the caller and is not rung.`;
      case "own_mailbox": return `Behind everything stands the mailbox of ${who()}.`;
      case "overflow": return `Nobody at ${nameOf(event.place)} takes the call; its overflow: ${places(event.places)}.`;
      case "transferred": return `${who()} transfers the call to ${event.detail}.`;
      case "rang": {
        const rung = event.dialled.map((entry) => entry.map(party).join(" + ")).join(", ");
        const verb = event.dialled.flat().length > 1 ? "ring" : "rings";
        if (!event.dialled.length) return event.outcome ? `${event.place ? nameOf(event.place) : who()}: not rung, ${OUTCOMES[event.outcome]}.` : null;
        if (!event.outcome) return `${rung}: ${verb}.`;
        if (!event.seconds) return `${rung}: ${OUTCOMES[event.outcome]}.`;
        // A phone that had rung for some time would be no answer, whatever the others replied.
        return `${rung}: ${event.outcome === "no_answer" ? verb : "silent"} for ${event.seconds} s, ${OUTCOMES[event.outcome]}.`;
      }
      default: return null;
    }
  }
  const WHY = { no_such_number: "nothing has this number", no_route: "no route carries this number", no_mailbox: "the caller has no mailbox",
    not_inbound: "no user and no inbound number has it", class_forbids: "the caller's class of service does not allow it" };
  const isExtension = (text) => plan.users.has(text) || [plan.operators, plan.groups].some((kind) => Object.values(kind).some((g) => g.number === text));
  function endText(story) {
    const { kind, value, byRule } = story.ending, last = story.events[story.events.length - 1];
    if (last.kind === "refused" && last.detail === "not_inbound" && isExtension(typed("play-to")))
      return `Released with ${value}: an extension is reached from inside only; from outside, by a number.`;
    if (last.kind === "refused") return `Released with ${value}: ${WHY[last.detail]}.`;
    switch (kind) {
      case "answered": return `${party(value)} answers.`;
      case "voicemail": return `The mailbox of ${party(value)} takes a message.`;
      case "announced": return `Announcement ${value} is played, and the call released.`;
      case "mailbox": return value === "*" ? "The caller is asked for a mailbox and its PIN." : `The mailbox of ${party(value)} is opened.`;
      default: return byRule ? `Released with ${value}, as written.` : `Released with ${value}: nothing is left to try.`;
    }
  }
  function selectState(kind, target, known) {
    const mine = states[kind], select = make("select", { "aria-label": party(target) });
    for (const [value, text] of Object.entries(known)) select.append(new Option(text, value, false, (mine[target] || "answer") === value));
    select.addEventListener("change", () => {
      if (select.value === "answer") delete mine[target]; else mine[target] = select.value;
      drawStory();
    });
    return make("label", {}, make("span", {}, party(target)), select);
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
    if (!by) return "Not transferred: who transfers the call is missing.";
    if (!to) return "Not transferred: where to is missing.";
    if (!plan.users.has(by)) return `Not transferred: no user has the extension ${by}.`;
    return story.ending.kind === "answered" ? `Not transferred: ${party(by)} is not in this call.` : "Not transferred: nobody answers.";
  }
  /* What must be typed before there is a call; null: nothing. */
  function whatIsMissing() {
    if (!typed("play-from")) return "Who calls? Type an extension or an outside number in From.";
    return typed("play-to") ? null : "Who is called? Type an extension or a number in To.";
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
    const story = Engine.simulate(plan, playedCall(), { moment: moment(), phones, outside: states.outside });
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
