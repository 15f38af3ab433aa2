  /* --- when: one moment for all views, by the clock of the PBX ------------------------------------------------ */
  function now() {
    const options = { dateStyle: "short", timeStyle: "short" };
    try { return new Date().toLocaleString("sv", { ...options, timeZone: plan.timezone }).replace(" ", "T"); }
    catch { return new Date().toLocaleString("sv", options).replace(" ", "T"); } // a time zone this browser does not know
  }
  function moment() {
    const [date, time] = ($("at").value || now()).split("T"), [hours, minutes] = time.split(":").map(Number);
    return { date, minute: hours * 60 + minutes };
  }
