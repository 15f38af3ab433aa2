  /* --- finding somebody -------------------------------------------------------------------------------------- */
  function buildIndex() {
    const found = [];
    const add = (kind, target, label) => found.push({ kind, target, label, text: folded(label) });
    for (const user of plan.users.values()) add("user", user.extension, [`${user.extension} ${alone(user.name)}`, ...(user.dids || []), ...(user.mobile ? [say("page.mobile", { number: user.mobile })] : [])].join(" · "));
    for (const [name, group] of Object.entries(plan.operators)) add("operator", name, `${group.number} ${say("place.operator", { target: name })}`);
    for (const [name, group] of Object.entries(plan.groups)) add("group", name, `${group.number} ${say("place.group", { target: name })}`);
    for (const number of Object.keys(plan.inbound)) add("inbound", number, say("place.inbound", { target: number }));
    return found;
  }
  /* Of each word of a search all that it may mean; a number is read in every way in which a trunk may write it. */
  function meanings(text) {
    const number = text.replace(/[\s./()-]/g, "");
    if (/^\+?[0-9]{6,}$/.test(number)) return [[number, ...plan.reading.calledByTrunk(number)]];
    return folded(text).split(/\s+/).filter(Boolean).map((word) => [word]);
  }
  function search(text) {
    const words = meanings(text), starts = [], others = [];
    if (!words.length) return index.slice(0, 30); // whom to start from
    for (const entry of index) {
      if (!words.every((forms) => forms.some((form) => entry.text.includes(form)))) continue;
      (entry.text.startsWith(words[0][0]) ? starts : others).push(entry);
      if (starts.length >= 30) break;
    }
    return [...starts, ...others].slice(0, 30);
  }
  let results = [], active = -1, listOpen = false;
  function openResults() {
    results = search($("search").value);
    active = results.length && meanings($("search").value).length ? 0 : -1;
    listOpen = true;
    showResults();
  }
  function closeResults() {
    results = []; active = -1; listOpen = false;
    showResults();
  }
  function showResults() {
    const list = $("found");
    const more = index.length - results.length;
    const note = !listOpen ? "" : !results.length ? say("page.nothing") : !meanings($("search").value).length && more ? say("page.more_results", { number: more }) : "";
    clear(list, ...results.map((entry, number) => make("li", { role: "option", id: "found-" + number, "aria-selected": String(number === active), click: () => pick(entry) }, entry.label)),
      note ? make("li", { role: "option", class: "note", "aria-disabled": "true" }, note) : "");
    list.hidden = !listOpen;
    $("search").setAttribute("aria-expanded", String(listOpen));
    if (active >= 0 && results.length) {
      $("search").setAttribute("aria-activedescendant", "found-" + active);
      $("found-" + active).scrollIntoView({ block: "nearest" });
    } else $("search").removeAttribute("aria-activedescendant");
  }
  function pick(entry) {
    closeResults();
    show(entry, ["calls", "play", "graph"].includes(view) ? view : "calls");
  }
