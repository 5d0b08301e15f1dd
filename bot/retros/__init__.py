"""The look back at a closed deal, from cradle to grave. Pure: what it is, what may happen to it, how it looks."""
