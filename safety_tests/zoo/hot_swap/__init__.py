"""Models replaced while requests are being answered."""
