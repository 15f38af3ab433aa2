  /* --- what leads to what ------------------------------------------------------------------------------------ */
  function conditionsOf(when) {
    if (!when) return [];
    const who = ([name, but]) => {
      if (name === "anonymous") return say(but ? "when.known" : "when.anonymous", { name });
      return name === Engine.INTERNAL || name === Engine.EXTERNAL ? say("origin." + name) : say(but ? "when.not_from" : "when.from", { name });
    };
    const callers = (when.callers || []).map(who).join(say("list.or"));
    const hours = (when.hours || []).map(([name, closed]) => say(closed ? "when.closed" : "when.open", { name }));
    const switches = (when.switches || []).map(([name, off]) => say(off ? "when.switch_off" : "when.switch_on", { name }));
    return [callers, ...hours, ...switches, when.until && say("when.until", { name: when.until })].filter(Boolean);
  }
  function reasonOf(key, when) {
    const conditions = conditionsOf(when), reason = say("key." + key);
    return conditions.length ? `${reason} (${conditions.join(", ")})` : reason;
  }
  /* Of the rules that hold on this day or after it; those past their `until` are counted. */
  function buildEdges(date) {
    const out = new Map(), into = new Map();
    let past = 0;
    const add = (from, to, why) => {
      if (to.kind === "announce" || to.kind === "service" || to.kind === "release" || (to.kind === "mailbox" && from.target === to.target)) return;
      const a = from.kind + " " + from.target, b = to.kind + " " + to.target;
      for (const [map, one, other] of [[out, a, to], [into, b, from]]) {
        if (!map.has(one)) map.set(one, new Map());
        const name = other.kind + " " + other.target, known = map.get(one);
        if (!known.has(name)) known.set(name, { place: { kind: other.kind, target: other.target }, why: new Set() });
        known.get(name).why.add(why);
      }
    };
    const rules = (from, number, key) => plan.lists[number].forEach((rule) => {
      if (rule.when && rule.when.until && rule.when.until < date) past += 1;
      else rule.places.forEach((p) => add(from, p, reasonOf(key, rule.when)));
    });
    for (const user of plan.users.values()) {
      const from = { kind: "user", target: user.extension };
      for (const [field, number] of Object.entries(user.deviations || {})) rules(from, number, field);
      for (const leg of user.legs || []) if (leg.place.target !== user.extension) add(from, leg.place, say("key.follow_me"));
    }
    for (const kind of ["operator", "group"])
      for (const [name, group] of Object.entries(plan[kind + "s"])) group.overflow.forEach((p) => add({ kind, target: name }, p, say("key.overflow")));
    for (const [number, inbound] of Object.entries(plan.inbound)) rules({ kind: "inbound", target: number }, inbound.rules, "inbound");
    return { out, into, past, date };
  }
  function edgesNow() {
    const { date } = moment();
    if (!edges || edges.date !== date) edges = buildEdges(date);
    return edges;
  }
  const pastText = () => (edges.past ? say("page.past", { rules: counted("page.rules", edges.past), date: edges.date }) : "");
  /* A leg of follow-me rings a phone alone: nothing of its user's own leads on from there. */
  const leadsOn = (edge) => edge.place.kind !== "mailbox" && [...edge.why].some((w) => w !== say("key.follow_me"));
  const nodeOf = (name) => ({ kind: name.slice(0, name.indexOf(" ")), target: name.slice(name.indexOf(" ") + 1) });

  /* Everything whose calls can come to `place`: [{place, way}], the way an array of [place, reasons], nearest first. */
  function sendersTo(place) {
    const own = place.kind + " " + place.target, ways = new Map([[own, []]]);
    for (const [name, way] of ways)
      for (const [before, edge] of edges.into.get(name) || [])
        if (!ways.has(before) && (name === own || leadsOn(edge))) ways.set(before, [[edge.place, edge.why], ...way]);
    ways.delete(own);
    return [...ways].map(([name, way]) => ({ place: nodeOf(name), way }));
  }
  /* The names of all that calls can come to from those that are named `from`. */
  function reachedFrom(from) {
    const reached = new Set(), onward = new Set(from);
    for (const name of onward)
      for (const [next, edge] of edges.out.get(name) || []) {
        reached.add(next);
        if (leadsOn(edge)) onward.add(next);
      }
    return reached;
  }
