// A barcode scanner is a keyboard that types very fast and ends with Enter. Calls
// `onScan(text)` with what it read while the focus was anywhere but in `own` (a selector),
// the field that is meant for it: there Enter does by itself what it should. What was typed into
// another field is taken out again.

const GAP_MS = 70;
const SHORTEST = 6;
// A busy device hands over a scan with pauses; longer than this, it is another text.
const PAUSE_MS = 1000;

export function listen(onScan, own = "") {
  let read = "";
  let whole = "";
  let last = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || (own && event.target.matches(own))) return;
    const gap = event.timeStamp - last;
    last = event.timeStamp;
    if (event.key === "Enter") {
      const field = event.target.matches("input, textarea") ? event.target : null;
      // in a field, what came before a pause may be a person's own typing
      const text = field ? read : whole;
      const fast = gap < (field ? GAP_MS : PAUSE_MS) && text.length >= SHORTEST;
      read = whole = "";
      if (!fast) return;
      event.preventDefault();
      event.stopPropagation();
      if (field?.value.endsWith(text)) field.value = field.value.slice(0, -text.length);
      onScan(text);
    } else if (event.key.length === 1) {
      read = gap < GAP_MS ? read + event.key : event.key;
      whole = gap < PAUSE_MS ? whole + event.key : event.key;
    }
  }, true);
}
