"""What an operator may know of the database: how it is run, what it holds, what its pages cost, and what is wrong."""
