"""What /control takes: each model is the JSON body of one kind of request."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

HIGHEST_ID = 2**52  # as Telegram's
PersonId = Annotated[int, Field(gt=0, lt=HIGHEST_ID)]
GroupId = Annotated[int, Field(lt=0, gt=-HIGHEST_ID)]
MessageId = Annotated[int, Field(lt=2**31)]
NotBlank = Annotated[str, Field(pattern=r"\S")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PersonBody(Body):
    first_name: NotBlank
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_premium: bool = False


class StandingBody(Body):
    """What is left out stays as it is."""

    blocked: bool | None = None
    deactivated: bool | None = None


class GroupBody(Body):
    id: GroupId
    type: Literal["group", "supergroup"] = "group"
    title: NotBlank
    #: The first one is who made it.
    members: Annotated[list[PersonId], Field(min_length=1)]


class GroupStandingBody(Body):
    person_id: PersonId
    bot_status: Literal["kicked"] | None = None
    upgrade_to: GroupId | None = None


class Doing(Body):
    """Somebody does something in a chat; by default in the private chat with the bot."""

    person_id: PersonId
    chat_id: int | None = None


class MessageBody(Doing):
    text: str
    reply_to_message_id: MessageId | None = None


class EditBody(Doing):
    message_id: MessageId
    text: str


class FileBody(Doing):
    """The form of a file."""

    kind: Literal["photo", "document"] = "document"
    caption: Annotated[str, Field(max_length=1024)] = ""
    reply_to_message_id: MessageId | None = None


class LocationBody(Doing):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class PressBody(Doing):
    message_id: MessageId
    data: str
    #: The data need not be on any button of the message.
    forged: bool = False


class AboutMessage(Doing):
    message_id: MessageId


class UpdatesBody(Body):
    updates: list[dict[str, Any]]


class FaultBody(Body):
    #: A method's name, or * for all of them.
    method: str = "*"
    kind: Literal["status", "delay", "reset", "cut_off", "garbage"] = "status"
    status: Annotated[int, Field(ge=400, le=599)] = 500
    description: str = ""
    retry_after: Annotated[int, Field(ge=0)] | None = None  # seconds
    seconds: Annotated[float, Field(ge=0, le=600)] = 0.0
    times: Annotated[int, Field(gt=0)] | None = 1
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    executed: bool = False

    @model_validator(mode="after")
    def _waits_only_where_telegram_does(self) -> Self:
        if self.retry_after is not None and (self.kind, self.status) != ("status", 429):
            raise ValueError("retry_after belongs to a status of 429")
        return self


class SettingsBody(Body):
    """What is left out stays as it is."""

    rate_limits: bool | None = None
    messages_per_second: Annotated[int, Field(gt=0)] | None = None
    messages_per_chat_second: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    messages_per_group_minute: Annotated[int, Field(gt=0)] | None = None
    local_webhooks: bool | None = None


class ResetBody(Body):
    #: Also what the bot has set: commands, webhook, kinds of updates.
    bot_too: bool = False
