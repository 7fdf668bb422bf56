from . import trade_bench_document
