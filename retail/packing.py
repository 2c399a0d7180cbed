"""Files for browsers, packed once when they are gathered."""

from __future__ import annotations

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedStaticFilesStorage

__all__ = ["Packed"]


class Packed(CompressedStaticFilesStorage):
    """With gzip beside each file that gains by it. Brotli would save an eighth more and
    take the first start of a house from two seconds to three quarters of a minute."""

    def create_compressor(self, **given: Any) -> Compressor:
        return Compressor(use_brotli=False, **given)
