"""The audit trail's chain: gapless numbers and hashes behind what was recorded, so that nobody changes the past unseen."""
