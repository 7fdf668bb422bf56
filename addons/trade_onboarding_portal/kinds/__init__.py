from . import portal_users
