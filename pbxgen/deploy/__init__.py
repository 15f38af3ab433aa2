"""From a source to a running PBX: releases that are switched at once, proven by the PBX itself, and a way back."""
