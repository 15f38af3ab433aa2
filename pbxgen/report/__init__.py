"""One page that shows a plan to people: self-contained HTML, with the judge of calls in it."""
