// A barcode scanner is a keyboard that types very fast and ends with Enter. What it reads
// is never text for the field that happens to have the focus.

const GAP_MS = 70;
const SHORTEST = 6;

/**
 * Calls `onScan(text)` for what a scanner typed, wherever the focus is, and `onKey(event)`
 * before a letter that nobody would receive: the keypad or the scan field may take it.
 */
export function listen({ onScan, onKey }) {
  let read = "";
  let last = 0;
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const fast = event.timeStamp - last < GAP_MS;
      last = event.timeStamp;
      if (event.key === "Enter") {
        if (fast && read.length >= SHORTEST) {
          event.preventDefault();
          event.stopPropagation();
          onScan(takeBack(event.target, read));
        }
        read = "";
      } else if (event.key.length === 1) {
        read = fast ? read + event.key : event.key;
        if (!receives(event.target) && event.key !== " ") onKey(event);
      }
    },
    true,
  );
}

const receives = (target) => target.matches("input, textarea, select") || Boolean(target.closest("dialog"));

// The letters that the scanner left in a field are not what the person typed there, unless
// it hesitated: then the field holds all of them and `text` only the last.
function takeBack(target, text) {
  if (!target.matches("input") || !target.value.endsWith(text)) return text;
  const whole = meaning(target.value).kind !== "text";
  const scanned = whole ? target.value : text;
  target.value = whole ? "" : target.value.slice(0, -text.length);
  target.dispatchEvent(new Event("input", { bubbles: true }));
  return scanned;
}

/**
 * What a scanned or typed text is: {kind: product | customer | pickup | text, value}, and
 * `code` where it may be a pickup code as well.
 */
export function meaning(text) {
  const tidy = text.trim();
  const link = /\/01\/(\d{8,14})(?:\D|$)/.exec(tidy);
  if (link) return { kind: "product", value: link[1] };
  if (/^[WM]-?\d{8}$/i.test(tidy)) {
    const card = tidy.toUpperCase().replace("-", "");
    return { kind: "customer", value: `${card[0]}-${card.slice(1)}` };
  }
  const signs = tidy.toUpperCase().replace(/[\s-]/g, "");
  // the alphabet of pickup codes has no 0, 1, I, L, O, U
  const code = /^[2-9A-HJKMNP-TV-Z]{8}$/.test(signs) ? signs : undefined;
  if (/^(\d{8}|\d{12,14})$/.test(tidy)) return { kind: "product", value: tidy, code };
  if (code && /\d/.test(code)) return { kind: "pickup", value: code };
  return { kind: "text", value: tidy, code };
}
