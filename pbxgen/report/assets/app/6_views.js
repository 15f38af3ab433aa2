  /* --- views ------------------------------------------------------------------------------------------------- */
  const DRAW = { calls: drawCalls, play: drawPlay, graph: () => { edgesNow(); drawGraph(); },
    outside: () => { edgesNow(); drawOutside(); }, findings: drawFindings };
  function draw() {
    if (chosen || view === "outside" || view === "findings") DRAW[view]();
  }
  function open(name) {
    view = name;
    $("at-form").hidden = view === "findings";
    $("set-area").hidden = view === "findings";
    for (const id of VIEWS) {
      $("view-" + id).hidden = id !== name;
      $("tab-" + id).setAttribute("aria-selected", String(id === name));
      $("tab-" + id).tabIndex = id === name ? 0 : -1;
    }
  }
  function show(place, name) {
    if (place) choose(place);
    open(name);
    remember();
    draw();
  }
  /* Where a button of a view leads: its reader goes on at the heading of what it shows. */
  function goTo(place, name) {
    show(place, name);
    $(name + "-title").focus();
  }
  function load(tenant) {
    loadSettings(tenant);
    findings = tenant.findings;
    samples = tenant.samples;
    index = buildIndex();
    edges = null; chosen = null;
    $("tenant").value = tenants.indexOf(tenant);
    $("title").textContent = say("page.title", { names: plan.name });
    $("about").textContent = say("page.about", { ...plan, users: counted("page.users", plan.users.size) });
    $("at-label").textContent = say("page.at", plan);
    $("at").value = $("at").value || now();
    clear($("calls-caller"), ...callers().map(([value, text]) => new Option(text, value)));
    if (index.length) choose(index[0]);
  }

  for (const id of VIEWS)
    $("tabs").append(make("button", { type: "button", role: "tab", id: "tab-" + id, "aria-controls": "view-" + id, click: () => show(null, id) }, say("view." + id)));
  $("tabs").addEventListener("keydown", (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!step) return;
    const at = VIEWS.indexOf(view), next = VIEWS[(at + step + VIEWS.length) % VIEWS.length];
    show(null, next);
    $("tab-" + next).focus();
  });
  for (const kind of ["focus", "click", "input"]) $("search").addEventListener(kind, openResults);
  $("search").addEventListener("keydown", (e) => {
    if (e.key === "Escape" || e.key === "Tab") { closeResults(); return; }
    if (e.key === "Enter" && results[active]) { e.preventDefault(); pick(results[active]); return; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && results.length) { e.preventDefault(); active = active < 0 ? (step > 0 ? 0 : results.length - 1) : (active + step + results.length) % results.length; showResults(); }
  });
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) { e.preventDefault(); $("search").focus(); $("search").select(); }
  });
  document.addEventListener("click", (e) => { if (!e.target.closest(".search")) closeResults(); });
  for (const id of ["calls-form", "play-form", "at-form"]) {
    $(id).addEventListener("submit", (e) => e.preventDefault());
    $(id).addEventListener("input", () => draw());
  }
  $("set-form").addEventListener("submit", (e) => { e.preventDefault(); addSetting(); });
  $("set-key").addEventListener("change", drawSettings);
  $("outside-filter").addEventListener("input", () => draw());
  $("findings-filter").addEventListener("input", () => draw());
  tenants.forEach((t, number) => $("tenant").append(new Option(t.plan.name, number)));
  $("tenant-label").hidden = tenants.length < 2;
  $("tenant").addEventListener("change", () => { load(tenants[Number($("tenant").value)]); show(null, view); });
  window.addEventListener("hashchange", follow);
  follow();
