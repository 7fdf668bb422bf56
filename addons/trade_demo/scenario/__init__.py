"""The scenario of ``make demo``: it plays buyer, manager, administrator and the people of three suppliers.

Everything happens as it would for people: in Odoo through the door the web client uses, with each user's own
login and rights; at the suppliers through HTTP. Nothing is written to the database behind Odoo's back.
"""
