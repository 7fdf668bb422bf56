from . import test_reads
