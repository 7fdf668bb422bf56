"""Who may take a decision in a case."""

from odoo.addons.trade_kernel.errors import BusinessRefused


def check_right(env, group):
    """
    :param group: ``res.groups``
    :raise BusinessRefused: the user is not in it; says what the right is called
    """
    if not env.su and group not in env.user.all_group_ids:
        raise BusinessRefused("onboarding.not_yours", right=group.sudo().full_name)
