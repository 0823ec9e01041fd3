"""How `python wsgi.py` serves the board: sockets that outlive workers, granian in each worker, a keeper over them."""
