// Stands before every page of a package, inside a frame that is nobody's origin: gives it the API it looks for and tells the page
// around it what it keeps. It can reach nothing of that page but by postMessage.
(function () {
  "use strict";
  var held = document.getElementById("km-state");
  var state = JSON.parse(held.textContent);
  var host = window.parent;
  var old = state.standard === "scorm12";

  // Without an origin there is no storage and there are no cookies; packages that only try them must not break.
  function memory() {
    var kept = {};
    return { getItem: function (k) { return Object.prototype.hasOwnProperty.call(kept, k) ? kept[k] : null; }, setItem: function (k, v) { kept[k] = String(v); },
      removeItem: function (k) { delete kept[k]; }, clear: function () { kept = {}; }, key: function (n) { return Object.keys(kept)[n] || null; }, get length() { return Object.keys(kept).length; } };
  }
  ["localStorage", "sessionStorage"].forEach(function (name) {
    try { Object.defineProperty(window, name, { configurable: true, value: memory() }); } catch (error) { /* it stays as it is */ }
  });
  try { var jar = ""; Object.defineProperty(document, "cookie", { configurable: true, get: function () { return jar; }, set: function (v) { jar = String(v); } }); } catch (error) { /* the same */ }
  // Packages look for their API from window to window; the one around this frame is none of theirs.
  try { window.parent = window; window.opener = null; } catch (error) { /* they find it in their own window first */ }

  var options = { autocommit: false, logLevel: 5, selfReportSessionTime: true, mastery_override: false };
  var api = old ? new window.Scorm12API(options) : new window.Scorm2004API(options);
  var begun = Object.keys(state.cmi).length > 0;
  var first = old
    ? { "cmi.core.student_id": state.learner, "cmi.core.student_name": state.name, "cmi.core.lesson_mode": "normal", "cmi.core.credit": "credit", "cmi.core.entry": begun ? "resume" : "ab-initio", "cmi.launch_data": state.launch }
    : { "cmi.learner_id": state.learner, "cmi.learner_name": state.name, "cmi.mode": "normal", "cmi.credit": "credit", "cmi.entry": begun ? "resume" : "ab-initio", "cmi.launch_data": state.launch };
  if (state.mastery !== null && old) first["cmi.student_data.mastery_score"] = String(state.mastery / 100);
  if (state.mastery !== null && !old) first["cmi.scaled_passing_score"] = String(state.mastery / 10000);
  var before = {};
  Object.keys(state.cmi).forEach(function (name) {
    if (/^cmi\./.test(name) && !/(_children|_count|_version|session_time|\.exit|\.entry)$/.test(name) && state.cmi[name] !== "") before[name] = state.cmi[name];
  });
  try { api.loadFromFlattenedJSON(Object.assign(before, first), ""); } catch (error) { /* it begins anew */ }

  var waiting = null;
  function tell(ended) {
    if (waiting) { clearTimeout(waiting); waiting = null; }
    var cmi = {};
    var all = api.getFlattenedCMI();
    Object.keys(all).forEach(function (name) {
      var value = all[name];
      if (value === null || value === undefined || typeof value === "object") return;
      cmi[/^cmi\./.test(name) ? name : "cmi." + name] = String(value);
    });
    host.postMessage({ km: "scorm", item: state.item, cmi: cmi, ended: ended }, "*");
  }
  function soon() { if (!waiting) waiting = setTimeout(function () { tell(false); }, 2000); }
  if (old) {
    api.on("LMSSetValue", soon); api.on("LMSCommit", function () { tell(false); }); api.on("LMSFinish", function () { tell(true); });
    window.API = api;
  } else {
    api.on("SetValue", soon); api.on("Commit", function () { tell(false); }); api.on("Terminate", function () { tell(true); });
    window.API_1484_11 = api;
  }
  window.addEventListener("pagehide", function () { if (waiting) tell(false); });
  held.remove();
})();
