from django.urls import path

from retail.demo import roles

urlpatterns = [path("", roles.choose, name="roles")]
