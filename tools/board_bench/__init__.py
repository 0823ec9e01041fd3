"""The parts of `tools/bench_board.py`: archives, servers, visits, figures and the report."""
