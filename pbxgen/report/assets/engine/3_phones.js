  /* --- phones and outside numbers -------------------------------------------------------------------------- */
  const meaning = (status, outcomes) => outcomes.find(([low, high]) => low <= status && status <= high)[2];
  const combined = (results) => (results.includes(NO_ANSWER) ? NO_ANSWER : results.includes(BUSY) ? BUSY : UNREACHABLE);

  /* environment: {moment, phones: {"101": ["busy"]}, outside: {"+39…": "ring"}}; what is not named answers. */
  function ringerOf(plan, caller, environment, holds) {
    const phone = (extension) => (has(environment.phones, extension) ? environment.phones[extension] : ["answer"]);
    const occupied = (user) => !user.waiting && phone(user.extension).includes("in_call");
    const reply = (state, start, end, confirm) => {
      if (state === "answer" || state === "in_call") return [start, null];
      if (state === "mailbox") return confirm ? [start + plan.confirmSeconds, NO_ANSWER] : [start, null];
      if (state === "ring" || state === "early") return [end, NO_ANSWER];
      if (state === "dead") return [end, UNREACHABLE];
      return [start, meaning(has(plan.replies, state) ? plan.replies[state] : Number(state), plan.outcomes)];
    };
    const contacts = (user, start, end, confirm) => {
      const registered = phone(user.extension).filter((s) => s !== "unregistered");
      const leg = { target: user.extension, start, asked: confirm, turn: 0 };
      if (!registered.length) return { ...leg, end: start, dialled: false, result: UNREACHABLE };
      const results = registered.map((s) => reply(s, start, end, confirm));
      const answered = results.filter(([, r]) => r === null).map(([at]) => at);
      if (answered.length) return { ...leg, end: Math.min(...answered), dialled: true, result: null };
      return { ...leg, end: Math.max(...results.map(([at]) => at)), dialled: true, result: combined(results.map(([, r]) => r)) };
    };
    const outside = (number, start, end, confirm) => {
      const [at, result] = reply(has(environment.outside, number) ? environment.outside[number] : "answer", start, end, confirm);
      return { target: number, start, end: at, dialled: true, result, asked: confirm, turn: 0 };
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
      /* At the same moment: who need not press 1 before who must, phones before outside numbers. */
      const away = (leg) => leg.target.startsWith("+");
      const byTime = (a, b) =>
        a.end - b.end || a.asked - b.asked || away(a) - away(b) || (a.target < b.target ? -1 : a.target > b.target ? 1 : 0);
      const answered = legs.filter((l) => l.result === null).sort(byTime)[0] || null;
      const heard = legs.filter((l) => l.dialled && (answered === null || l.start <= answered.end));
      const entries = new Map();
      for (const leg of [...heard].sort((a, b) => a.turn - b.turn || a.start - b.start)) {
        const when = leg.turn + " " + leg.start;
        if (!entries.has(when)) entries.set(when, []);
        entries.get(when).push(leg.target);
      }
      const dialled = [...entries.values()].map((targets) => [...new Set(targets)].sort());
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
        if (place.kind === "service") {
          const takes = !has(environment.services || {}, place.target) || environment.services[place.target] === "take";
          return { dialled: [], answered: takes ? place.target : null, outcome: takes ? null : UNREACHABLE, seconds: 0, events: [] };
        }
        return judge([outside(place.target, 0, ringing.seconds, Boolean(place.confirm))]);
      },
      ringDirect: (number, seconds) => judge([outside(number, 0, seconds, false)]),
    };
  }
