// A barcode scanner is a keyboard that types very fast and ends with Enter. Calls
// `onScan(text)` with what it read, wherever the focus is; what it typed into a field
// is taken out again.

const GAP_MS = 70;
const SHORTEST = 6;

export function listen(onScan) {
  let read = "";
  let last = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const fast = event.timeStamp - last < GAP_MS;
    last = event.timeStamp;
    if (event.key === "Enter") {
      const text = read;
      read = "";
      if (!fast || text.length < SHORTEST) return;
      event.preventDefault();
      event.stopPropagation();
      const field = event.target;
      if (field.matches("input") && field.value.endsWith(text)) field.value = field.value.slice(0, -text.length);
      onScan(text);
    } else if (event.key.length === 1) {
      read = fast ? read + event.key : event.key;
    }
  }, true);
}
