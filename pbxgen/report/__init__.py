"""One page that shows a plan to people: self-contained HTML, with the model of calls in it."""
