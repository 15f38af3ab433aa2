  /* --- what is set: settings of users, and how switches stand. `base` is the plan with nothing set. ------------ */
  let base, set = { users: {}, switches: {} };
  const keyName = (name) => (name === "dnd" ? say("card.dnd") : name === "follow_me" ? say("state.follow_me") : say("key." + name));
  const WORDS = { off: "state.off", on: "state.on", m: "state.mobile", v: "state.mailbox" };
  function settingText({ to, after }) {
    const text = WORDS[to] ? say(WORDS[to]) : party(to.slice(1));
    return after ? say("state.after", { to: text, seconds: after }) : text;
  }
  const settings = () => Object.entries(set.users).flatMap(([extension, keys]) => Object.entries(keys).map(([name, one]) => [extension, name, one]));
  function changeSettings(users, switches) {
    set = { users, switches };
    plan = Engine.asSet(base, set);
    edges = null;
    drawSettings();
    draw();
  }
  function withoutSetting(extension, name) {
    const { [name]: _, ...others } = set.users[extension], { [extension]: __, ...users } = set.users;
    return Object.keys(others).length ? { ...users, [extension]: others } : users;
  }
  function addSetting() {
    const extension = typed("set-who"), name = $("set-key").value, written = typed("set-to"), after = Number(typed("set-after"));
    const note = (text) => { $("set-note").textContent = text; };
    if (!base.users.has(extension)) return note(say("page.settings_nobody", { number: extension }));
    const setting = Engine.settingOf(base, extension, name, written, base.settable.after.includes(name) ? after : 0);
    if (setting === null) return note(say("page.settings_none", { key: keyName(name), to: written }));
    note("");
    return changeSettings({ ...set.users, [extension]: { ...set.users[extension], [name]: setting } }, set.switches);
  }
  function settingItem([extension, name, setting]) {
    const permitted = Engine.isPermitted(base, base.users.get(extension), name, setting);
    return make("li", {}, `${party(extension)}: ${keyName(name)}: ${settingText(setting)} `,
      permitted ? null : make("small", {}, `${say("page.settings_passed")} `),
      make("button", { class: "link", type: "button", click: () => {
        changeSettings(withoutSetting(extension, name), set.switches);
        $("set-who").focus();
      } }, say("page.settings_remove")));
  }
  function switchItem([name, on]) {
    const box = make("input", { type: "checkbox", checked: on });
    box.addEventListener("change", () => changeSettings(set.users, { ...set.switches, [name]: box.checked }));
    return make("label", { class: "switch" }, box, ` ${name}`);
  }
  function drawSettings() {
    const all = settings(), number = all.length + Object.entries(set.switches).filter(([name, on]) => base.switches[name] !== on).length;
    $("set-title").textContent = number ? say("page.settings_number", { number }) : say("page.settings");
    fill($("set-list"), all, settingItem, 60);
    if (!$("set-switches").contains(document.activeElement)) clear($("set-switches"), ...Object.entries(plan.switches).map(switchItem));
    const isState = base.settable.states.includes($("set-key").value);
    $("set-after-label").hidden = isState || !base.settable.after.includes($("set-key").value);
  }
  /* Whatever `tenant` begins with: what the command was told by --set and --switch. */
  function loadSettings(tenant) {
    base = Engine.load(tenant.plan);
    set = tenant.set;
    plan = Engine.asSet(base, set);
    const served = [...base.users.values()].some((u) => u.may);
    $("settings").hidden = !served && !Object.keys(base.switches).length;
    $("set-form").hidden = $("set-list").hidden = !served;
    $("settings").open = settings().length > 0 || Object.keys(set.switches).length > 0;
    clear($("set-key"), ...[...base.settable.keys, ...base.settable.states].map((name) => new Option(keyName(name), name)));
    drawSettings();
  }
