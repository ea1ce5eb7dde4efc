// Counts what a page still asks for, so that a test may wait for the page to come to rest and not for time to pass.
(() => {
  let going = 0;
  const asked = new WeakSet();
  const done = () => { going -= 1; };
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (...given) {
    going += 1;
    this.addEventListener('loadend', () => setTimeout(done)); // after those who hear it have put the answer in
    return send.apply(this, given);
  };
  const fetched = window.fetch;
  window.fetch = (...given) => { going += 1; return fetched(...given).finally(() => setTimeout(done)); };
  document.addEventListener('htmx:beforeRequest', event => asked.add(event.target));

  // What asks by itself soon after it is there; what waits longer than that asks again and again.
  const soon = element => /(^|,)\s*load(?!\s+delay:([5-9]\d\dms|\d+s))/.test(element.getAttribute('hx-trigger'));
  const pending = () => window.htmx && [...document.querySelectorAll('[hx-trigger*="load"]')].some(one => soon(one) && !asked.has(one));
  const resting = () => document.readyState === 'complete' && !going && document.fonts.status === 'loaded' && !pending();

  window.pvRest = () => new Promise(rested => {
    let still = 0; // frames: what comes into view asks in the frame after
    const look = () => {
      still = resting() ? still + 1 : 0;
      if (still > 2) rested(); else requestAnimationFrame(look);
    };
    look();
  });
})();
