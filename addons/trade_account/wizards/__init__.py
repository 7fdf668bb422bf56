from . import trade_statement_explain
