"""The parts of `tools/bench_spam.py`: data, contestants, figures and tables."""
