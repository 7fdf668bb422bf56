"""What is wrong with an envelope is said in a sentence that can be translated."""

import json

import pytest

from ..codecs import get
from ..errors import PHRASES, TradeError, rendered
from .edifact_samples import ORDER, UNB, interchange, message
from .test_x12_envelope import SET, isa
from .test_x12_envelope import interchange as sets

EDIFACT = interchange(message(ORDER))
X12 = sets()
GROUP = f"{UNB}UNG+ORDERS+A+B+260302:0915+G1+UN+D:96A'{message(ORDER)}"
SHIPMENT = ["BSN*00*S1*20260302*0915", "HL*1**S", "CTT*7"]
#: what is said → a file of which it is said
SAID = {
    "The interchange has no UNB.": message(ORDER),
    "The syntax of the interchange is not known: UNOC 9.": EDIFACT.replace("UNOC:3", "UNOC:9"),
    "The interchange names no reference.": EDIFACT.replace("+42'", "+'"),
    "This is no date: today:0915.": EDIFACT.replace("260302:0915", "today:0915"),
    "This is no date: nothing.": EDIFACT.replace("260302:0915", ""),
    "The interchange has no end.": UNB + message(ORDER),
    "UNZ announces 2, but there are 1.": EDIFACT.replace("UNZ+1", "UNZ+2"),
    "UNZ announces nothing, but there are 1.": EDIFACT.replace("UNZ+1", "UNZ+"),
    "UNZ names 43 instead of 42.": interchange(message(ORDER), reference="43"),
    "UNT names nothing instead of 1.": EDIFACT.replace("+1'UNZ", "+'UNZ"),
    "A segment stands outside of all messages: REF+1": interchange("REF+1'", message(ORDER)),
    "The interchange holds no message.": UNB + "UNZ+0+42'",
    "The group has no end.": f"{GROUP}UNZ+1+42'",
    "The message names no reference or type.": EDIFACT.replace("UNH+1+", "UNH++"),
    "The reference 1 is used by several messages.": interchange(message(ORDER), message(ORDER)),
    "The message has no end.": UNB + message(ORDER).partition("UNT")[0] + "UNZ+1+42'",
    "CNT announces 3 lines, but there are 1.": interchange(message(ORDER + "CNT+2:3'")),
    "The interchange names no sender.": X12.replace("5412345000", " " * 10),
    "The interchange names no receiver.": X12.replace("4012345009", " " * 10),
    "This is no date and time: 261302 0915.": X12.replace("260302*0915*U", "261302*0915*U"),
    "The version of the interchange is not known: 4.01.": X12.replace("*00401*", "*4.01 *"),
    "This is no control number: nothing.": sets(head=isa(number=" " * 9)),
    "This is no usage indicator: X.": X12.replace("*0*P*", "*0*X*"),
    "A segment stands outside of all transaction sets: XX*1": X12.replace("~\nGE", "~\nXX*1~\nGE"),
    "The interchange holds no transaction set.": isa() + "IEA*0*000000031~",
    "A transaction set stands outside of all groups.": X12.replace("GS*", "GX*").replace("GE*1*31~\n", ""),
    "This is no control number of a group: nothing.": X12.replace("*0915*31*X", "*0915**X"),
    "The transaction set names no type.": X12.replace("ST*850", "ST*"),
    "The transaction set has no control number.": X12.replace("ST*850*0001", "ST*850*"),
    "The control number 0001 is used by several transaction sets.": sets(SET, SET).replace("0002", "0001"),
    "The transaction set has no end.": X12.replace("SE*5*0001~\n", ""),
    "CTT announces 3 lines, but there are 1.": X12.replace("CTT*1", "CTT*3"),
    "CTT announces 7 parts, but there are 1.": sets(SHIPMENT).replace("ST*850", "ST*856"),
}


def found(text):
    codec = get("edifact" if text.startswith("UN") else "x12")
    return [one for part in codec.decode(text.encode()) for one in part.envelope.get("envelope_errors", ())]


@pytest.mark.parametrize("sentence", SAID)
def test_it_is_said_as_words_that_can_be_translated(sentence):
    [one] = [one for one in found(SAID[sentence]) if one["text"] == sentence][:1]
    assert rendered("{words}", {"words": one["said"]}) == sentence
    assert json.loads(json.dumps(one)) == one


def test_every_sentence_is_said_of_a_file():
    said = {one["said"]["code"] for text in SAID.values() for one in found(text)}
    known = {code for code in PHRASES if code.startswith("edi.envelope.")}
    assert said == known - {"edi.envelope.nothing"}


def test_who_is_refused_reads_the_same():
    [part] = get("edifact").decode(EDIFACT.replace("UNZ+1", "UNZ+").encode(), {"strict": True})
    [error] = part.errors
    assert error.message == "The envelope is wrong: UNZ announces nothing, but there are 1."
    assert error.params["detail"]["code"] == "edi.envelope.count"
    again = TradeError.from_dict(json.loads(json.dumps(error.as_dict())))
    assert (again.message, again.params) == (error.message, error.params)
