  /* --- outside numbers, and who sends calls there ------------------------------------------------------------ */
  const wayText = (way) => way.map(([place, why]) => `${nameOf(place)}: ${reasons(why)}`).join(" → ");
  function outsideNumbers(text) {
    const matching = [...edges.out.keys()].filter((name) => folded(nameOf(nodeOf(name))).includes(text));
    const reached = reachedFrom(matching);
    const found = [...edges.into].filter(([name]) => name.startsWith("outside ") && (name.includes(text, 8) || reached.has(name)));
    found.sort((a, b) => b[1].size - a[1].size || (a[0] < b[0] ? -1 : 1));
    return found.map(([name, direct]) => ({ place: nodeOf(name), direct: direct.size }));
  }
  function outsideItem({ place, direct }, text) {
    const all = sendersTo(place), chained = all.length - direct;
    const shown = place.target.includes(text) ? all : all.filter((s) => folded(nameOf(s.place)).includes(text));
    const here = divertHere(direct), every = chained ? say("page.by_way", { here, number: chained }) : here;
    const count = shown.length < all.length ? say("page.matching", { here: every, number: shown.length }) : every;
    const senders = make("ul", { class: "senders" });
    fill(senders, shown, ({ way }) => make("li", {}, wayText(way)), 12);
    return make("li", {}, make("strong", {}, place.target), make("small", {}, count), senders);
  }
  function drawOutside() {
    const text = folded($("outside-filter").value), found = outsideNumbers(text);
    $("outside-count").textContent = foundCount("page.numbers", found.length, text);
    $("outside-past").textContent = pastText();
    fill($("outside-list"), found, (number) => outsideItem(number, text), 30);
  }
