"""What an ingredient list names, and what only sounds like it."""

import pytest

from inventory.ingredients import allergens_in, pieces


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Farine de BLÉ, beurre concentré, œufs", ["gluten", "eggs", "milk"]),
        ("farine de ble, crème fraîche", ["gluten", "milk"]),
        ("Huile d’arachide, lécithine de soja", ["peanuts", "soya"]),
        ("traces de fruits à coque et de sésame", ["nuts", "sesame"]),
        ("céleri-rave, moutarde, sulfites", ["celery", "mustard", "sulphites"]),
        ("lait de coco, beurre de cacao, noix de muscade, noix de coco", []),
        ("lait d’amande", ["nuts"]),
        ("semblé, orgeat, laitue", []),
        ("", []),
    ],
)
def test_the_allergens_of_a_text(text: str, named: list[str]) -> None:
    assert allergens_in(text) == named
    assert "".join(piece.text for piece in pieces(text)) == text
