  /* --- the machine ----------------------------------------------------------------------------------------- */
  const NONE = [];
  const listOf = (plan, user, name) => (user.deviations && has(user.deviations, name) ? plan.lists[user.deviations[name]] : NONE);
  const first = (rules, holds) => rules.find((r) => holds(r.when)) || null;
  const callerKey = (caller) =>
    caller.number === null ? null : key(caller.origin === INTERNAL ? "user" : "outside", caller.number);
  const placeKey = (place) => key(place.kind, place.target);
  const groupOf = (plan, place) => (place.kind === "operator" ? plan.operators : plan.groups)[place.target];
  const capped = (seconds, cap) => (cap ? Math.min(seconds, cap) : seconds);

  /* recall: who transferred the caller, and is rung once nothing is left; null: nobody. */
  function begin(caller, places, recall = null) {
    const own = callerKey(caller), visited = new Set(own === null ? [] : [own]);
    return { toTry: places.map((place) => ({ place })), visited, diversions: 0, first: null, recall };
  }
  /* As if they had no deviations; null where they have been tried, or are the caller. */
  function recalled(plan, state, extension, events) {
    const user = plan.users.get(extension), place = { kind: "user", target: extension, at: user.at }, own = placeKey(place);
    if (state.visited.has(own)) return null;
    events.push({ kind: "recalled", subject: extension, place, at: place.at });
    state = { ...state, visited: new Set(state.visited).add(own) };
    return { state, events, ringing: { pending: { place }, seconds: user.ring, user: { ...user, deviations: null }, recalled: true } };
  }

  function ringSeconds(plan, user, origin, holds) {
    let rule = origin === EXTERNAL ? first(listOf(plan, user, "return_no_answer"), holds) : null;
    rule = rule || first(listOf(plan, user, "no_answer"), holds);
    return rule && rule.after ? rule.after : user.ring;
  }

  function queue(state, user, reason, places, diverted, events) {
    const own = [];
    if (user.mailbox && !places.some((p) => p.kind === "mailbox")) {
      const place = { kind: "mailbox", target: user.extension, at: user.mailbox };
      own.push({ place, by: user.extension, reason });
      events.push({ kind: "own_mailbox", subject: user.extension, at: user.mailbox });
    }
    const front = places.map((place) => ({ place, by: user.extension, reason }));
    return { ...state, toTry: [...front, ...state.toTry, ...own], diversions: state.diversions + (diverted ? 1 : 0) };
  }

  function divertAll(plan, holds, state, user, events) {
    const rule = first(listOf(plan, user, "unconditional"), holds);
    if (rule === null) return null;
    if (state.diversions >= plan.max) {
      events.push({ kind: "not_diverted_max", subject: user.extension, places: rule.places, at: rule.at });
      return null;
    }
    if (rule.places.every((p) => state.visited.has(placeKey(p)))) {
      events.push({ kind: "not_diverted_visited", subject: user.extension, at: rule.at });
      return null;
    }
    events.push({ kind: "diverted", subject: user.extension, reason: "unconditional", places: rule.places, at: rule.at });
    return queue(state, user, "unconditional", rule.places, true, events);
  }

  /* Runs until something must ring (.ringing) or the call ends (.ending). */
  function advance(plan, caller, holds, state) {
    const events = [];
    const end = (kind, value, byRule, at) => {
      events.push({ kind: "ended", subject: value, detail: kind, byRule, at });
      return { state, events, ending: { kind, value, byRule } };
    };
    while (state.toTry.length) {
      const [pending, ...rest] = state.toTry;
      const place = pending.place, own = placeKey(place);
      state = { ...state, toTry: rest };
      if (state.visited.has(own)) {
        events.push({ kind: "skipped_visited", subject: place.target, place, at: place.at });
        continue;
      }
      if (place.kind === "outside" && caller.carried >= plan.max) {
        events.push({ kind: "skipped_carried", subject: place.target, place, at: place.at });
        continue;
      }
      if (VISITABLE.has(place.kind)) state = { ...state, visited: new Set(state.visited).add(own) };
      events.push({ kind: "reached", subject: place.target, place, at: place.at });
      if (place.kind === "inbound") {
        const inbound = plan.inbound[place.target], rule = first(plan.lists[inbound.rules], holds);
        if (rule === null) events.push({ kind: "no_rule", subject: place.target, at: inbound.at });
        else state = { ...state, toTry: [...rule.places.map((p) => ({ place: p })), ...state.toTry] };
      } else if (place.kind === "user") {
        const user = plan.users.get(place.target), diverted = divertAll(plan, holds, state, user, events);
        if (diverted !== null) { state = diverted; continue; }
        const seconds = capped(ringSeconds(plan, user, caller.origin, holds), place.timeout);
        return { state, events, ringing: { pending, seconds, cap: place.timeout, user } };
      } else if (place.kind === "operator" || place.kind === "group") {
        const group = groupOf(plan, place);
        return { state, events, ringing: { pending, seconds: capped(group.ring, place.timeout), cap: place.timeout, group } };
      } else if (place.kind === "outside") {
        return { state, events, ringing: { pending, seconds: place.timeout || plan.outsideTimeout, cap: place.timeout } };
      } else if (place.kind === "service" && place.returns) {
        return { state, events, ringing: { pending, seconds: 0 } };
      } else if (place.kind === "service") return end("service", place.target, false, place.at);
      else if (place.kind === "mailbox") return end("voicemail", place.target, false, place.at);
      else if (place.kind === "announce") return end("announced", place.target, false, place.at);
      else return end("released", place.target === "busy" ? "486" : "480", true, place.at);
    }
    if (state.recall !== null) {
      const extension = state.recall;
      state = { ...state, recall: null };
      const step = recalled(plan, state, extension, events);
      if (step !== null) return step;
    }
    return end("released", state.first === BUSY ? "486" : "480", false, null);
  }

  function answers(plan, caller, holds, state, user, outcome, events) {
    let rules = [];
    if (caller.origin === EXTERNAL) rules.push(first(listOf(plan, user, "return_" + outcome), holds));
    rules.push(first(listOf(plan, user, outcome), holds));
    rules = rules.filter((r) => r !== null);
    if (rules.length && state.diversions >= plan.max) {
      const places = rules.flatMap((r) => r.places);
      events.push({ kind: "not_diverted_max", subject: user.extension, places, at: rules[0].at });
      rules = [];
    } else if (!rules.length) events.push({ kind: "no_rule", subject: user.extension, outcome, at: user.at });
    for (const rule of rules)
      events.push({ kind: "diverted", subject: user.extension, reason: outcome, places: rule.places, at: rule.at });
    const places = rules.flatMap((r) => r.places);
    return queue(state, user, outcome, places, places.length > 0, events);
  }

  /* The state once `ringing` has ended with `outcome`. */
  function after(plan, caller, holds, state, ringing, outcome) {
    const place = ringing.pending.place;
    if (place.kind === "service") return { state, events: [{ kind: "came_back", subject: place.target, place, at: place.at }] };
    const events = [{ kind: "outcome", subject: place.target, outcome }];
    if (state.first === null) state = { ...state, first: outcome };
    if (ringing.recalled) return { state, events };
    if (ringing.user) state = answers(plan, caller, holds, state, ringing.user, outcome, events);
    else if (ringing.group) {
      const overflow = ringing.group.overflow;
      if (overflow.length) events.push({ kind: "overflow", subject: place.target, place, places: overflow, at: ringing.group.at });
      state = { ...state, toTry: [...state.toTry, ...overflow.map((p) => ({ place: p }))] };
    }
    return { state, events };
  }
