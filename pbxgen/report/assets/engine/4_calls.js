  /* --- ways in --------------------------------------------------------------------------------------------- */
  function inside(plan, number) {
    if (has(plan.dids, number)) return { kind: "user", target: plan.dids[number], at: plan.users.get(plan.dids[number]).at };
    return has(plan.inbound, number) ? { kind: "inbound", target: number, at: plan.inbound[number].at } : null;
  }
  function inRange(plan, number) {
    const [target] = plan.ranges.find(([, pattern]) => pattern.test(number)) || [null];
    return target === null ? null : { kind: "inbound", target, at: plan.inbound[target].at };
  }
  function fromPhone(plan, extension, dialled) {
    const rest = plan.numbers.line && dialled.startsWith(plan.numbers.line) ? dialled.slice(plan.numbers.line.length) : "";
    for (const number of [dialled, rest]) if (number && has(plan.emergency, number)) {
      return { dialOut: number, several: plan.emergency[number] };
    }
    if (plan.users.has(dialled)) return { reach: { kind: "user", target: dialled, at: plan.users.get(dialled).at } };
    for (const [kind, groups] of [["operator", plan.operators], ["group", plan.groups]])
      for (const name of Object.keys(groups))
        if (groups[name].number === dialled) return { reach: { kind, target: name, at: groups[name].at } };
    for (const [target, service] of Object.entries(plan.services || {}))
      if (service.number === dialled) return { reach: { kind: "service", target, returns: service.returns, at: service.at } };
    if (dialled === plan.features.ownMailbox) return plan.users.get(extension).mailbox ? { mailbox: extension } : { refused: 404, why: "no_mailbox" };
    if (dialled === plan.features.anyMailbox) return { mailbox: "*" };
    const { pickup, pickupOf } = plan.features;
    if (dialled === pickup || (pickupOf !== null && dialled.startsWith(pickupOf) && plan.users.has(dialled.slice(pickupOf.length))))
      return { refused: 403, why: "nothing_rings" };
    const number = plan.reading.dialled(dialled);
    const place = number === null ? null : inside(plan, number) || inRange(plan, number);
    if (place !== null) return { reach: place };
    const line = plan.numbers.line, digits = dialled.startsWith(line) ? dialled.slice(line.length) : "";
    for (const route of plan.routes) {
      const sent = route.asDialled ? (digitsOnly(digits) ? digits : null) : number;
      if (sent === null || route.emergency || !route.patterns.some((p) => p.test(sent))) continue;
      const user = plan.users.get(extension), allowed = (user.routes || []).includes(route.name);
      return allowed ? { dialOut: sent, several: user.trunks ? user.trunks > 1 : route.several } : { refused: 403, why: "class_forbids" };
    }
    return { refused: 404, why: number === null ? "no_such_number" : "no_route" };
  }
  function fromTrunk(plan, called) {
    const numbers = plan.reading.calledByTrunk(called);
    for (const look of [inside, inRange])
      for (const number of numbers) {
        const place = look(plan, number);
        if (place !== null) return { reach: place };
      }
    return { refused: 404, why: "not_inbound" };
  }

  /* --- one whole call -------------------------------------------------------------------------------------- */
  const together = (dialled) => dialled.map((entry) => entry.join("+"));
  function diversionsOf(events) {
    const found = [];
    let previous = null;
    for (const event of events) {
      if (event.kind === "diverted" && !(previous && previous.kind === "diverted"))
        found.push({ by: event.subject, reason: event.reason });
      previous = event;
    }
    return found;
  }
  /* by: who transferred the caller blindly; null: nobody. */
  function run(plan, caller, called, way, environment, by = null) {
    const events = [{ kind: "entered", subject: caller.number || "anonymous", detail: called }];
    if (way.refused) {
      events.push({ kind: "refused", subject: String(way.refused), detail: way.why });
      return { rings: [], ending: { kind: "released", value: String(way.refused) }, diverted: [], events };
    }
    if (way.mailbox) {
      events.push({ kind: "ended", subject: way.mailbox, detail: "mailbox" });
      return { rings: [], ending: { kind: "mailbox", value: way.mailbox }, diverted: [], events };
    }
    const holds = conditions(plan, caller, environment.moment), ringer = ringerOf(plan, caller, environment, holds);
    /* The far end's own code, where it is one for a caller; a 5xx is that of trunks, and tells of several only. */
    const releaseCode = (reply, rung) => {
      const status = has(plan.replies, reply) ? plan.replies[reply] : Number(reply);
      if (400 <= status && status < (way.several ? 600 : 500) && !plan.notHandedOn.includes(status)) return String(status);
      return rung.outcome === BUSY ? "486" : "480";
    };
    const rangEvent = (target, rung, place) =>
      ({ kind: "rang", subject: target, place, outcome: rung.outcome, seconds: rung.seconds, dialled: rung.dialled,
        at: place && place.at });
    const recall = plan.recall ? by : null, rings = [];
    let state = begin(caller, way.reach ? [way.reach] : [], recall), code = null;
    if (way.dialOut) {
      const rung = ringer.ringDirect(way.dialOut, plan.directRingSeconds);
      events.push(rangEvent(way.dialOut, rung, null));
      rings.push(...together(rung.dialled));
      if (rung.answered === null) code = releaseCode(has(environment.outside, way.dialOut) ? environment.outside[way.dialOut] : "", rung);
      else {
        events.push({ kind: "ended", subject: way.dialOut, detail: "answered", at: null });
        return { rings, ending: { kind: "answered", value: way.dialOut }, diverted: [], events };
      }
    }
    for (;;) {
      const step = advance(plan, caller, holds, state);
      if (step.ending && code !== null) {
        Object.assign(step.ending, { value: code });
        Object.assign(step.events[step.events.length - 1], { subject: code });
      }
      events.push(...step.events);
      if (step.ending) return { rings, ending: step.ending, diverted: diversionsOf(events), events };
      const place = step.ringing.pending.place, rung = ringer.ring(step.ringing);
      rings.push(...together(rung.dialled));
      if (place.kind !== "service") events.push(...rung.events, rangEvent(place.target, rung, place));
      if (rung.answered !== null) {
        const user = plan.users.get(rung.answered);
        const kind = place.kind === "service" ? "service" : "answered";
        events.push({ kind: "ended", subject: rung.answered, detail: kind, at: user ? user.at : place.at });
        return { rings, ending: { kind, value: rung.answered }, diverted: diversionsOf(events), events };
      }
      const next = after(plan, caller, holds, step.state, step.ringing, rung.outcome);
      state = next.state;
      events.push(...next.events);
    }
  }

  const callerOf = (plan, call) =>
    plan.users.has(call.from)
      ? { origin: INTERNAL, number: call.from, carried: 0 }
      : { origin: EXTERNAL, number: plan.reading.callerOfTrunk(call.from), carried: call.carried || 0 };

  /* call: {from, to, carried?, transfer?: {by, to, attended?}} */
  function simulate(plan, call, environment) {
    const caller = callerOf(plan, call);
    const way = caller.origin === INTERNAL ? fromPhone(plan, call.from, call.to) : fromTrunk(plan, call.to);
    const story = run(plan, caller, call.to, way, environment);
    if (!call.transfer || story.ending.kind !== "answered") return story;
    const transfer = call.transfer, answerer = story.ending.value;
    let party;
    if (transfer.by === answerer) party = { ...caller, carried: 0 };
    else if (transfer.by === caller.number && caller.origin === INTERNAL)
      party = { origin: plan.users.has(answerer) ? INTERNAL : EXTERNAL, number: answerer, carried: 0 };
    else return story;
    if (transfer.attended) party = { origin: INTERNAL, number: transfer.by, carried: 0 };
    let further = fromPhone(plan, transfer.by, transfer.to);
    // Whoever is transferred is not the mailbox's owner, and a trunk can never reach mailbox access.
    const opens = further.mailbox || further.why === "nothing_rings";
    if (opens && !transfer.attended) further = { refused: 404, why: "no_such_number" };
    const second = run(plan, party, transfer.to, further, environment, transfer.attended ? null : transfer.by);
    const told = { kind: "transferred", subject: transfer.by, detail: transfer.to };
    return {
      rings: [...story.rings, ...second.rings], ending: second.ending,
      diverted: [...story.diverted, ...second.diverted], events: [...story.events, told, ...second.events],
    };
  }

  /* --- everything that can happen: the tree of pbxgen.flow.behaviour ----------------------------------------- */
  const ENDS_CALL = new Set(["mailbox", "announce", "release"]);
  const endsCall = (place) => ENDS_CALL.has(place.kind) || (place.kind === "service" && !place.returns);
  function withoutIdle(state) {
    const seen = new Set(state.visited), toTry = [];
    for (const pending of state.toTry) {
      const own = placeKey(pending.place);
      if (seen.has(own)) continue;
      seen.add(own);
      toTry.push(pending);
      if (endsCall(pending.place)) break;
    }
    return { ...state, toTry, first: BUSY };
  }
  function outcomesOf(ringing) {
    if (!ringing.user) return [NO_ANSWER];
    if (ringing.user.dnd) return [BUSY];
    return [BUSY, NO_ANSWER, UNREACHABLE];
  }
  /* Nodes: {ends: {kind, value, byRule}} or {rings: place, seconds, branches: [{outcomes, node}]}, each with `id`. */
  function tree(plan, caller, moment, place) {
    const holds = conditions(plan, caller, moment), nodes = new Map(), known = new Map();
    const kept = (text, node) => {
      if (!nodes.has(text)) nodes.set(text, { ...node, id: nodes.size });
      return nodes.get(text);
    };
    const grow = (state) => {
      const name = JSON.stringify([state.toTry.map((p) => [placeKey(p.place), p.place.timeout, p.place.confirm, p.by]),
        [...state.visited].sort(), state.diversions]);
      if (known.has(name)) return known.get(name);
      const step = advance(plan, caller, holds, state);
      let node;
      if (step.ending) {
        const { kind, value, byRule } = step.ending, lost = kind === "released" && !byRule;
        node = kept(JSON.stringify([kind, lost ? "" : value]), { ends: { kind, value: lost ? "" : value, lost }, at: step.events[step.events.length - 1].at });
      } else {
        const branches = [];
        for (const outcome of outcomesOf(step.ringing)) {
          const child = grow(withoutIdle(after(plan, caller, holds, step.state, step.ringing, outcome).state));
          const same = branches.find((b) => b.node === child);
          if (same) same.outcomes.push(outcome);
          else branches.push({ outcomes: [outcome], node: child });
        }
        const target = step.ringing.pending.place, { seconds } = step.ringing;
        node = kept(JSON.stringify([placeKey(target), seconds, target.confirm, branches.map((b) => [b.outcomes, b.node.id])]),
          { rings: target, seconds, silent: Boolean(step.ringing.user && step.ringing.user.dnd), branches, at: target.at });
      }
      known.set(name, node);
      return node;
    };
    return grow(withoutIdle(begin(caller, [place])));
  }

  /* The plan as the page carries it, made ready. */
  function load(data) {
    const compiled = (patterns) => patterns.map((p) => new RegExp("^(?:" + p + ")$"));
    return {
      ...data,
      users: new Map(data.users.map((u) => [u.extension, u])),
      contacts: Object.fromEntries(Object.entries(data.contacts).map(([n, c]) => [n, { ...c, patterns: compiled(c.patterns) }])),
      ranges: data.ranges.map(([target, regex]) => [target, compiled([regex])[0]]),
      settable: { ...data.settable, costly: compiled(data.settable.costly) },
      routes: data.routes.map((r) => ({ ...r, patterns: compiled(r.patterns) })),
      reading: numbering(data.numbers),
    };
  }

  return { load, asSet, settingOf, isPermitted, simulate, tree, isOpen, inside, callerOf, fromPhone, fromTrunk, INTERNAL, EXTERNAL };
