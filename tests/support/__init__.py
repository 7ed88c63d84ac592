"""Shared builders and browser helpers of the tests."""
