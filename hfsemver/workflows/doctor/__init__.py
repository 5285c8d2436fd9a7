"""Whether everything that a judgement stands on is in its place, in a clone and on a Hub."""
