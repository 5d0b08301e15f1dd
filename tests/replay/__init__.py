"""Deals of real companies looked back at, and their timelines held against an independent calculation."""
