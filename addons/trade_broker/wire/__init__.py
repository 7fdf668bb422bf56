"""Speaking to brokers, without a database: one line, its connections, the calls."""
