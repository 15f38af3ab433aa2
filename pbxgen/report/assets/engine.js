"use strict";
/* The judge of calls: a port of pbxgen.flow (numbering, entry, machine, world, simulate), function by function.
   A change there is a change here; the tests compare both on the scenarios and on random sources, in a browser. */
const Engine = (() => {
  const BUSY = "busy", NO_ANSWER = "no_answer", UNREACHABLE = "unreachable";
  const INTERNAL = "internal", EXTERNAL = "external";
  const VISITABLE = new Set(["user", "outside", "operator", "group", "inbound"]);
  const DIRECT_RING_SECONDS = 120, CONFIRM_SECONDS = 10;
  const REPLY = { busy: 486, reject: 603, dnd: 480, error: 500, fail: 503 };
  const BUSY_STATUS = new Set([486, 600, 603, 403, 302]);
  const digitsOnly = (text) => /^[0-9]+$/.test(text);
  const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const key = (kind, target) => kind + " " + target;

  /* --- numbering ------------------------------------------------------------------------------------------- */
  function numbering(n) {
    const read = (digits) => {
      if (digits.startsWith("+")) return digitsOnly(digits.slice(1)) ? digits : null;
      if (!digitsOnly(digits)) return null;
      if (digits.startsWith(n.international)) {
        const rest = digits.slice(n.international.length);
        return rest ? "+" + rest : null;
      }
      const rest = n.national && digits.startsWith(n.national) ? digits.slice(n.national.length) : digits;
      return "+" + n.code + rest;
    };
    return {
      dialled(text) {
        if (!text.startsWith("+")) {
          if (!text.startsWith(n.line)) return null;
          text = text.slice(n.line.length);
        }
        return read(text);
      },
      calledByTrunk(number) {
        const found = read(number);
        if (found === null) return [];
        return number.startsWith("+") || number.startsWith(n.international) ? [found] : ["+" + number, found];
      },
      callerOfTrunk(number, bare) {
        if (bare && digitsOnly(number) && !number.startsWith(n.international)) return "+" + number;
        return read(number);
      },
    };
  }

  /* --- schedules and conditions ---------------------------------------------------------------------------- */
  const dayBefore = (date) => new Date(Date.parse(date + "T00:00Z") - 86400000).toISOString().slice(0, 10);
  const weekday = (date) => (new Date(date + "T00:00Z").getUTCDay() + 6) % 7;

  function begun(schedule, date, minute) {
    if (schedule.opened.some(([day, start, end]) => day === date && start <= minute && minute < end)) return true;
    if (schedule.closed.some(([first, last]) => first <= date && date <= last)) return false;
    const today = weekday(date);
    return schedule.weekly.some(([day, start, end]) => day === today && start <= minute && minute < end);
  }
  /* moment: {date: "2026-11-23", minute: 600}, local time of the PBX */
  const isOpen = (schedule, moment) =>
    begun(schedule, moment.date, moment.minute) || begun(schedule, dayBefore(moment.date), moment.minute + 1440);

  function conditions(plan, caller, moment) {
    const matches = (name) =>
      caller.origin === EXTERNAL && caller.number !== null && plan.contacts[name].some((p) => p.test(caller.number));
    return (c) => {
      if (!c) return true;
      if (c.origin && c.origin !== caller.origin) return false;
      if (c.contacts && !matches(c.contacts)) return false;
      if (c.until && moment.date > c.until) return false;
      return !c.schedule || isOpen(plan.schedules[c.schedule], moment) !== Boolean(c.not);
    };
  }

  /* --- the machine ----------------------------------------------------------------------------------------- */
  const NONE = [];
  const listOf = (plan, user, name) => (user.deviations && has(user.deviations, name) ? plan.lists[user.deviations[name]] : NONE);
  const first = (rules, holds) => rules.find((r) => holds(r.when)) || null;
  const callerKey = (caller) =>
    caller.number === null ? null : key(caller.origin === INTERNAL ? "user" : "outside", caller.number);
  const placeKey = (place) => key(place.kind, place.target);
  const groupOf = (plan, place) => (place.kind === "operator" ? plan.operators : plan.groups)[place.target];
  const capped = (seconds, cap) => (cap ? Math.min(seconds, cap) : seconds);

  function begin(caller, places) {
    const own = callerKey(caller);
    return { toTry: places.map((place) => ({ place })), visited: new Set(own === null ? [] : [own]), diversions: 0, first: null };
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
      } else if (place.kind === "mailbox") return end("voicemail", place.target, false, place.at);
      else if (place.kind === "announce") return end("announced", place.target, false, place.at);
      else return end("released", place.target === "busy" ? "486" : "480", true, place.at);
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
    const place = ringing.pending.place, events = [{ kind: "outcome", subject: place.target, outcome }];
    if (state.first === null) state = { ...state, first: outcome };
    if (ringing.user) state = answers(plan, caller, holds, state, ringing.user, outcome, events);
    else if (ringing.group) {
      const overflow = ringing.group.overflow;
      if (overflow.length) events.push({ kind: "overflow", subject: place.target, place, places: overflow, at: ringing.group.at });
      state = { ...state, toTry: [...state.toTry, ...overflow.map((p) => ({ place: p }))] };
    }
    return { state, events };
  }

  /* --- phones and outside numbers -------------------------------------------------------------------------- */
  const meaning = (status, sip480) => (status === 480 ? sip480 : BUSY_STATUS.has(status) ? BUSY : UNREACHABLE);
  const combined = (results) => (results.includes(NO_ANSWER) ? NO_ANSWER : results.includes(BUSY) ? BUSY : UNREACHABLE);

  /* world: {moment, phones: {"101": ["busy"]}, outside: {"+39…": "ring"}}; what is not named answers. */
  function bell(plan, caller, world, holds) {
    const phone = (extension) => (has(world.phones, extension) ? world.phones[extension] : ["answer"]);
    const occupied = (user) => !user.waiting && phone(user.extension).includes("in_call");
    const reply = (state, start, end, confirm) => {
      if (state === "answer" || state === "in_call") return [start, null];
      if (state === "mailbox") return confirm ? [start + CONFIRM_SECONDS, NO_ANSWER] : [start, null];
      if (state === "ring" || state === "early") return [end, NO_ANSWER];
      if (state === "dead") return [end, UNREACHABLE];
      return [start, meaning(has(REPLY, state) ? REPLY[state] : Number(state), plan.sip480)];
    };
    const contacts = (user, start, end, confirm) => {
      const registered = phone(user.extension).filter((s) => s !== "unregistered");
      const leg = { target: user.extension, start, turn: 0 };
      if (!registered.length) return { ...leg, end: start, dialled: false, result: UNREACHABLE };
      const results = registered.map((s) => reply(s, start, end, confirm));
      const answered = results.filter(([, r]) => r === null).map(([at]) => at);
      if (answered.length) return { ...leg, end: Math.min(...answered), dialled: true, result: null };
      return { ...leg, end: Math.max(...results.map(([at]) => at)), dialled: true, result: combined(results.map(([, r]) => r)) };
    };
    const outside = (number, start, end, confirm) => {
      const [at, result] = reply(has(world.outside, number) ? world.outside[number] : "answer", start, end, confirm);
      return { target: number, start, end: at, dialled: true, result, turn: 0 };
    };
    const refused = (target, start) => ({ target, start, end: start, dialled: false, result: BUSY, turn: 0 });
    const member = (user, start, end, confirm) =>
      user.dnd || occupied(user) ? refused(user.extension, start) : contacts(user, start, end, confirm);
    const legOf = (leg, owner, ringing, confirm) => {
      const place = leg.place;
      if (placeKey(place) === callerKey(caller)) return null;
      const whole = place.timeout || ringSeconds(plan, owner, caller.origin, holds);
      const end = capped(leg.delay + whole, ringing.cap);
      if (end <= leg.delay) return null;
      const pressed = Boolean(confirm || place.confirm);
      if (place.kind === "outside") return outside(place.target, leg.delay, end, pressed);
      const user = plan.users.get(place.target);
      if (place.target !== owner.extension && (user.dnd || occupied(user))) return refused(place.target, leg.delay);
      return contacts(user, leg.delay, end, pressed);
    };
    const judge = (legs) => {
      const byTime = (a, b) => a.end - b.end || (a.target < b.target ? -1 : a.target > b.target ? 1 : 0);
      const answered = legs.filter((l) => l.result === null).sort(byTime)[0] || null;
      const heard = legs.filter((l) => l.dialled && (answered === null || l.start <= answered.end));
      const entries = new Map();
      for (const leg of [...heard].sort((a, b) => a.turn - b.turn || a.start - b.start)) {
        const when = leg.turn + " " + leg.start;
        if (!entries.has(when)) entries.set(when, []);
        entries.get(when).push(leg.target);
      }
      const dialled = [...entries.values()].map((targets) => targets.sort());
      if (answered !== null) return { dialled, answered: answered.target, outcome: null, seconds: answered.end, events: [] };
      const seconds = legs.reduce((most, l) => Math.max(most, l.end), 0);
      return { dialled, answered: null, outcome: combined(legs.map((l) => l.result)), seconds, events: [] };
    };
    const ringGroup = (ringing) => {
      const group = ringing.group, confirm = Boolean(ringing.pending.place.confirm), events = [], legs = [];
      let clock = 0;
      for (const extension of group.members) {
        if (key("user", extension) === callerKey(caller)) {
          events.push({ kind: "member_skipped", subject: extension, at: group.at });
          continue;
        }
        let end = ringing.seconds;
        if (group.linear) {
          end = capped(clock + group.ring, ringing.cap);
          if (end <= clock && legs.length) break;
        }
        const leg = member(plan.users.get(extension), clock, end, confirm);
        if (group.linear) leg.turn = legs.length;
        legs.push(leg);
        if (group.linear) {
          if (leg.result === null) break;
          clock = leg.end;
        }
      }
      return { ...judge(legs), events };
    };
    const ringUser = (user, ringing) => {
      if (user.dnd || occupied(user)) return { dialled: [], answered: null, outcome: BUSY, seconds: 0, events: [] };
      const confirm = Boolean(ringing.pending.place.confirm);
      if (!user.legs) return judge([contacts(user, 0, ringing.seconds, confirm)]);
      return judge(user.legs.map((leg) => legOf(leg, user, ringing, confirm)).filter((leg) => leg !== null));
    };
    return {
      ring(ringing) {
        if (ringing.user) return ringUser(ringing.user, ringing);
        if (ringing.group) return ringGroup(ringing);
        const place = ringing.pending.place;
        return judge([outside(place.target, 0, ringing.seconds, Boolean(place.confirm))]);
      },
      ringDirect: (number, seconds) => judge([outside(number, 0, seconds, false)]),
    };
  }

  /* --- ways in --------------------------------------------------------------------------------------------- */
  function inside(plan, number) {
    if (has(plan.dids, number)) return { kind: "user", target: plan.dids[number], at: plan.users.get(plan.dids[number]).at };
    return has(plan.inbound, number) ? { kind: "inbound", target: number, at: plan.inbound[number].at } : null;
  }
  function fromPhone(plan, extension, dialled) {
    const rest = plan.numbers.line && dialled.startsWith(plan.numbers.line) ? dialled.slice(plan.numbers.line.length) : "";
    for (const number of [dialled, rest]) if (number && has(plan.emergency, number)) return { dialOut: number };
    if (plan.users.has(dialled)) return { reach: { kind: "user", target: dialled, at: plan.users.get(dialled).at } };
    for (const [kind, groups] of [["operator", plan.operators], ["group", plan.groups]])
      for (const name of Object.keys(groups))
        if (groups[name].number === dialled) return { reach: { kind, target: name, at: groups[name].at } };
    if (dialled === "*97") return plan.users.get(extension).mailbox ? { mailbox: extension } : { refused: 404, why: "no_mailbox" };
    if (dialled === "*98") return { mailbox: "*" };
    const number = plan.reading.dialled(dialled);
    if (number === null) return { refused: 404, why: "no_such_number" };
    const place = inside(plan, number);
    if (place !== null) return { reach: place };
    const route = plan.routes.find((r) => !r.emergency && r.patterns.some((p) => p.test(number)));
    if (!route) return { refused: 404, why: "no_route" };
    if (!(plan.users.get(extension).routes || []).includes(route.name)) return { refused: 403, why: "class_forbids" };
    return { dialOut: number };
  }
  function fromTrunk(plan, called) {
    for (const number of plan.reading.calledByTrunk(called)) {
      const place = inside(plan, number);
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
  function run(plan, caller, called, way, world) {
    const events = [{ kind: "entered", subject: caller.number || "anonymous", detail: called }];
    if (way.refused) {
      events.push({ kind: "refused", subject: String(way.refused), detail: way.why });
      return { rings: [], ending: { kind: "released", value: String(way.refused) }, diverted: [], events };
    }
    if (way.mailbox) {
      events.push({ kind: "ended", subject: way.mailbox, detail: "mailbox" });
      return { rings: [], ending: { kind: "mailbox", value: way.mailbox }, diverted: [], events };
    }
    const holds = conditions(plan, caller, world.moment), ringer = bell(plan, caller, world, holds);
    const rangEvent = (target, rung, at) =>
      ({ kind: "rang", subject: target, outcome: rung.outcome, seconds: rung.seconds, dialled: rung.dialled, at });
    if (way.dialOut) {
      const rung = ringer.ringDirect(way.dialOut, DIRECT_RING_SECONDS);
      const ending = rung.answered !== null ? { kind: "answered", value: way.dialOut }
        : { kind: "released", value: rung.outcome === BUSY ? "486" : "480" };
      events.push(rangEvent(way.dialOut, rung, null), { kind: "ended", subject: ending.value, detail: ending.kind, at: null });
      return { rings: together(rung.dialled), ending, diverted: [], events };
    }
    let state = begin(caller, [way.reach]);
    const rings = [];
    for (;;) {
      const step = advance(plan, caller, holds, state);
      events.push(...step.events);
      if (step.ending) return { rings, ending: step.ending, diverted: diversionsOf(events), events };
      const place = step.ringing.pending.place, rung = ringer.ring(step.ringing);
      rings.push(...together(rung.dialled));
      events.push(...rung.events, rangEvent(place.target, rung, place.at));
      if (rung.answered !== null) {
        const user = plan.users.get(rung.answered);
        events.push({ kind: "ended", subject: rung.answered, detail: "answered", at: user ? user.at : place.at });
        return { rings, ending: { kind: "answered", value: rung.answered }, diverted: diversionsOf(events), events };
      }
      const next = after(plan, caller, holds, step.state, step.ringing, rung.outcome);
      state = next.state;
      events.push(...next.events);
    }
  }

  const callerOf = (plan, call) =>
    plan.users.has(call.from)
      ? { origin: INTERNAL, number: call.from, carried: 0 }
      : { origin: EXTERNAL, number: plan.reading.callerOfTrunk(call.from, plan.bare), carried: call.carried || 0 };

  /* call: {from, to, carried?, transfer?: {by, to, attended?}} */
  function simulate(plan, call, world) {
    const caller = callerOf(plan, call);
    const way = caller.origin === INTERNAL ? fromPhone(plan, call.from, call.to) : fromTrunk(plan, call.to);
    const story = run(plan, caller, call.to, way, world);
    if (!call.transfer || story.ending.kind !== "answered") return story;
    const transfer = call.transfer, answerer = story.ending.value;
    let party;
    if (transfer.by === answerer) party = { ...caller, carried: 0 };
    else if (transfer.by === caller.number && caller.origin === INTERNAL)
      party = { origin: plan.users.has(answerer) ? INTERNAL : EXTERNAL, number: answerer, carried: 0 };
    else return story;
    if (transfer.attended) party = { origin: INTERNAL, number: transfer.by, carried: 0 };
    const second = run(plan, party, transfer.to, fromPhone(plan, transfer.by, transfer.to), world);
    const told = { kind: "transferred", subject: transfer.by, detail: transfer.to };
    return {
      rings: [...story.rings, ...second.rings], ending: second.ending,
      diverted: [...story.diverted, ...second.diverted], events: [...story.events, told, ...second.events],
    };
  }

  /* --- everything that can happen: the tree of pbxgen.flow.behaviour ----------------------------------------- */
  const ENDS_CALL = new Set(["mailbox", "announce", "release"]);
  function withoutIdle(state) {
    const seen = new Set(state.visited), toTry = [];
    for (const pending of state.toTry) {
      const own = placeKey(pending.place);
      if (seen.has(own)) continue;
      seen.add(own);
      toTry.push(pending);
      if (ENDS_CALL.has(pending.place.kind)) break;
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
      contacts: Object.fromEntries(Object.entries(data.contacts).map(([n, p]) => [n, compiled(p)])),
      routes: data.routes.map((r) => ({ ...r, patterns: compiled(r.patterns) })),
      reading: numbering(data.numbers),
    };
  }

  return { load, simulate, tree, isOpen, inside, callerOf, fromPhone, fromTrunk, INTERNAL, EXTERNAL };
})();
