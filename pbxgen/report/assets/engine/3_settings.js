  /* --- what users have set: a port of pbxgen.flow.settings, and of target_of in pbxgen.flow.codes ------------- */
  const positions = (plan) => [["operator", plan.operators], ["group", plan.groups]]
    .flatMap(([kind, groups]) => Object.entries(groups).map(([name, group]) => [kind, name, group]));
  /* What a number is that the user would dial, as a PBX keeps it; null: nothing has it. */
  function targetOf(plan, user, number) {
    if (!number) return user.mobile ? "m" : null;
    if (number === plan.features.ownMailbox) return user.mailbox ? "v" : null;
    if (plan.users.has(number)) return "x" + number;
    const position = positions(plan).find(([, , group]) => group.number === number);
    if (position) return (position[0] === "operator" ? "p" : "g") + number;
    const line = plan.numbers.line, rest = line && number.startsWith(line) ? number.slice(line.length) : number;
    if (has(plan.emergency, number) || has(plan.emergency, rest)) return "n"; // never permitted
    const dialled = plan.reading.dialled(number);
    if (dialled === null || dialled.length > plan.settable.longestNumber) return null;
    if (has(plan.dids, dialled)) return "x" + plan.dids[dialled];
    if (!has(plan.inbound, dialled) && inRange(plan, dialled) === null && !routeOf(plan, dialled)) return null;
    return "n" + dialled;
  }
  /* {to, after?} of what is written: off, on, mobile, voicemail, or a number; null: the key cannot have it. */
  function settingOf(plan, extension, name, written, after) {
    if (plan.settable.states.includes(name)) return written === "on" || written === "off" ? { to: written } : null;
    const words = { off: "off", mobile: "m", voicemail: "v" };
    const to = has(words, written) ? words[written] : targetOf(plan, plan.users.get(extension), written);
    if (to === null || to === "n" || written === "on") return null;
    return after ? { to, after } : { to };
  }
  const routeOf = (plan, number) =>
    plan.routes.find((r) => !r.emergency && !r.asDialled && r.patterns.some((p) => p.test(number))) || null;

  function placeOf(plan, user, to) {
    const kind = to[0], target = to.slice(1), allowed = user.to || NONE;
    if (kind === "v" && allowed.includes("voicemail") && user.mailbox)
      return { kind: "mailbox", target: user.extension, at: user.mailbox };
    if (kind === "m" && allowed.includes("mobile")) return user.ownMobile || null;
    if (kind === "x" && allowed.includes("extensions") && plan.users.has(target) && target !== user.extension)
      return { kind: "user", target, at: plan.users.get(target).at };
    if ((kind === "p" && allowed.includes("operators")) || (kind === "g" && allowed.includes("groups"))) {
      const found = positions(plan).find(([k, , group]) => group.number === target && k === (kind === "p" ? "operator" : "group"));
      return found ? { kind: found[0], target: found[1], at: found[2].at } : null;
    }
    if (kind !== "n" || !allowed.includes("outside")) return null;
    if (inside(plan, target) || inRange(plan, target) || plan.settable.never.includes(target)) return null;
    const route = routeOf(plan, target);
    if (!route || !(user.routes || NONE).includes(route.name) || plan.settable.costly.some((p) => p.test(target))) return null;
    return { kind: "outside", target, at: user.at };
  }
  function isPermitted(plan, user, name, setting) {
    if (!(user.may || NONE).includes(name)) return false;
    if (plan.settable.states.includes(name))
      return (setting.to === "on" || setting.to === "off") && (name !== "follow_me" || Boolean(user.legs));
    if (setting.to === "off") return true;
    const [shortest, longest] = plan.settable.seconds;
    if (setting.after && !(plan.settable.after.includes(name) && shortest <= setting.after && setting.after <= longest)) return false;
    return setting.to !== "on" && placeOf(plan, user, setting.to) !== null;
  }
  /* The plan with what is set and permitted. state: {users: {"101": {busy: {to: "x102"}}}, switches: {night: true}} */
  function asSet(plan, state) {
    const users = new Map(plan.users), lists = [...plan.lists];
    for (const [extension, settings] of Object.entries(state.users)) {
      const user = plan.users.get(extension), changed = { ...user, deviations: { ...user.deviations } };
      for (const [name, setting] of Object.entries(settings)) {
        if (!isPermitted(plan, user, name, setting)) continue;
        if (name === "dnd") changed.dnd = setting.to === "on";
        else if (name === "follow_me") changed.legs = setting.to === "on" ? user.legs : undefined;
        else if (setting.to === "off") delete changed.deviations[name];
        else {
          const place = placeOf(plan, user, setting.to), rule = { places: [place], at: place.at };
          changed.deviations[name] = lists.push([setting.after ? { ...rule, after: setting.after } : rule]) - 1;
        }
      }
      users.set(extension, changed);
    }
    return { ...plan, users, lists, switches: { ...plan.switches, ...state.switches } };
  }
