from . import test_order_out, test_order_change, test_order_terms, test_order_bundle
from . import test_order_response
from . import test_exchange
from . import test_review
from . import test_policy
from . import test_promise
from . import test_promise_billed
from . import test_promise_lead_time
from . import test_promise_report
from . import test_shuffled
from . import test_data_owner
from . import test_events
from . import test_answer_units
from . import test_catalogue, test_catalogue_large, test_catalogue_links
