  /* --- the page's address: #view/kind/target, and the tenant where there are several -------------------------- */
  const parts = () => [view, chosen.kind, chosen.target, ...(tenants.length > 1 ? [plan.name] : [])];
  function remember() {
    if (chosen && read().join("/") !== parts().join("/")) location.hash = parts().map(encodeURIComponent).join("/");
  }
  function decoded(text) {
    try { return decodeURIComponent(text); } catch { return ""; }
  }
  const read = () => location.hash.slice(1).split("/").map(decoded);
  /* What the address says is shown; what it does not say, or says of nothing that is here, stays as it is. */
  function follow() {
    const [name, kind, target, tenantName] = read();
    const tenant = tenants.find((t) => t.plan.name === tenantName) || (plan ? null : tenants[0]);
    if (tenant && !(plan && plan.name === tenant.plan.name)) load(tenant);
    const place = index.find((e) => e.kind === kind && e.target === target);
    if (place && !(chosen.kind === kind && chosen.target === target)) choose(place);
    open(VIEWS.includes(name) ? name : view);
    draw();
  }
