/* The model of calls: a port of pbxgen.flow (numbering, entry, machine, environment, ringer, simulate), function by function.
   What changes there must change here; tests compare both on the scenarios and on random sources, in a browser. */
  const BUSY = "busy", NO_ANSWER = "no_answer", UNREACHABLE = "unreachable";
  const INTERNAL = "internal", EXTERNAL = "external";
  const VISITABLE = new Set(["user", "outside", "operator", "group", "inbound", "service"]);
  const digitsOnly = (text) => /^[0-9]+$/.test(text);
  const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const key = (kind, target) => kind + " " + target;

  /* --- numbering ------------------------------------------------------------------------------------------- */
  function numbering(n) {
    const forms = n.readings.map(([expression, before, drop, area]) => [new RegExp("^(?:" + expression + ")"), before, drop, area]);
    const foreign = new RegExp("^" + n.foreign);
    const read = (digits) => {
      const form = /^\+?[0-9]+$/.test(digits) && forms.find(([expression]) => expression.test(digits));
      if (!form) return null;
      const [, before, drop, area] = form, last = digits.slice(-n.areaDigits);
      if (before === null) return null;
      return "+" + before + (area ? last.slice(0, area) + last.slice(area + 2) : digits.slice(drop));
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
        const found = read(number), bare = found === null && /^\+[0-9]+$/.test(number) ? number : null;
        const all = [found, digitsOnly(number) ? "+" + number : bare];
        return all.filter((one, at) => one !== null && all.indexOf(one) === at);
      },
      callerOfTrunk(number) {
        return read(number) || (foreign.test(number) ? "+" + number : /^\+?[0-9]+$/.test(number) ? number : null);
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
    const hidden = caller.origin === EXTERNAL && caller.number === null;
    const among = (set) => {
      if (caller.origin === INTERNAL) return set.extensions.includes(caller.number);
      return hidden ? set.anonymous : set.patterns.some((p) => p.test(caller.number));
    };
    const isOne = (name) => {
      if (name === "anonymous") return hidden;
      return name === INTERNAL || name === EXTERNAL ? name === caller.origin : among(plan.contacts[name]);
    };
    return (c) => {
      if (!c) return true;
      if (c.callers && !c.callers.some(([name, but]) => isOne(name) !== but)) return false;
      if (c.until && moment.date > c.until) return false;
      if (c.switches && !c.switches.every(([name, off]) => plan.switches[name] !== off)) return false;
      return !c.hours || c.hours.every(([name, closed]) => isOpen(plan.schedules[name], moment) !== closed);
    };
  }
