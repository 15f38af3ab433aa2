"""Deployment to running PBXs: releases that are switched at once, verified by asking the PBX, and rolled back if
wrong."""
