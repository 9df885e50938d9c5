"""Django Channels with its Redis layer (publish and subscribe), nothing stored.

REDIS_URL=redis://… uvicorn channels_app:application --port PORT
"""

import os

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import re_path

settings.configure(
    SECRET_KEY="only for a measurement",
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [os.environ["REDIS_URL"]]},
        }
    },
)
http = get_asgi_application()


class Room(AsyncJsonWebsocketConsumer):
    async def receive_json(self, content, **kwargs):
        match content.get("do"):
            case "enter":
                await self.channel_layer.group_add(f"room-{content['room']}", self.channel_name)
                await self.send_json({"ack": content["n"], "ok": True})
            case "post":
                text = content.get("text")
                if not isinstance(text, str) or not 0 < len(text) <= 1000:
                    return
                await self.channel_layer.group_send(f"room-{content['room']}", {"type": "posted", "data": content})
                await self.send_json({"ack": content["n"], "ok": True})

    async def posted(self, event):
        await self.send_json({"posted": event["data"]})


application = ProtocolTypeRouter({"http": http, "websocket": URLRouter([re_path("", Room.as_asgi())])})
