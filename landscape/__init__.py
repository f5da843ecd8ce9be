"""The loss landscape of the encoder-decoder butterfly network D·E·B·X."""
