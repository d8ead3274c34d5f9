"""Processors far away, played on this machine from what they publish, without product code."""
