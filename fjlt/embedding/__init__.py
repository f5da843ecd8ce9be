"""What a random embedding does to points: distortion, isometry, and tests of its promises."""
