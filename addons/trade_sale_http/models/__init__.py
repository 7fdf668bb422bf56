from . import trade_api_read_prices
