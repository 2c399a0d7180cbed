"""What somebody does who has a keyboard and no mouse. At each stop of the focus the page
is asked whether it can be seen (WCAG 2.2, 2.4.11: not entirely hidden)."""

from __future__ import annotations

from tests.journeys.person import Person

MOST = 250  # stops on a page

# "" where some point of what has the focus, or of the label that draws it, is in sight
HIDDEN = """async () => {
  const has = document.activeElement;
  if (!has || has === document.body) return "";
  // what slides into sight when it gets the focus
  has.getBoundingClientRect();
  await Promise.all(has.getAnimations().map((each) => each.finished));
  const label = has.matches("input[type=radio], input[type=checkbox]") && has.closest("label");
  const shown = label || has;
  const at = shown.getBoundingClientRect();
  for (const x of [0.05, 0.5, 0.95]) for (const y of [0.1, 0.5, 0.9]) {
    const top = document.elementFromPoint(at.left + at.width * x, at.top + at.height * y);
    if (top && (shown.contains(top) || has.contains(top) || top.contains(shown))) return "";
  }
  return shown.outerHTML.slice(0, 160);
}"""
STANDS = "wanted => Boolean(document.activeElement?.matches(wanted))"


def reach(person: Person, selector: str) -> None:
    """Tab, until what has the focus is the one."""
    for _ in range(MOST):
        if person.page.evaluate(STANDS, selector):
            return
        person.page.keyboard.press("Tab")
        if hidden := person.page.evaluate(HIDDEN):
            person.complaints.append(f"{person.page.url}: focus is hidden: {hidden}")
    raise AssertionError(f"{person.page.url}: no way by Tab to {selector}")


def press(person: Person, selector: str) -> None:
    """A link or a button."""
    reach(person, selector)
    person.page.keyboard.press("Enter")


def write(person: Person, selector: str, text: str) -> None:
    """What stood in the field is overwritten."""
    reach(person, selector)
    person.page.keyboard.press("Control+A")
    person.page.keyboard.type(text, delay=90)


def choose(person: Person, group: str, value: str) -> None:
    """One of a group of radio buttons: Tab to the group, arrows within it."""
    radio = f'input[name="{group}"]'
    reach(person, radio)
    person.page.keyboard.press("Space")
    wanted = f'{radio}[value="{value}"]:checked'
    for _ in range(MOST):
        if person.page.evaluate(STANDS, wanted):
            return
        person.page.keyboard.press("ArrowDown")
    raise AssertionError(f"{person.page.url}: no way by arrows to {wanted}")
