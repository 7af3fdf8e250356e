"""History: what happened and what is held, asked for by filters, out of the tables below it."""
