#!/bin/sh
# Answers under:{% for host in values.hosts %} ${{ host.name }}${{ host.path }}{% endfor %}
exec serve --cpu ${{ values.cpu }}
