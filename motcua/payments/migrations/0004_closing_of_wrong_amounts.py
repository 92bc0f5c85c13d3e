from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('foundation', '0002_events_never_change'),
        ('payments', '0003_find_flagged_payments'),
    ]

    # What came of a wrong amount stood only in the event; what is owed back was told by flag and state alone.
    operations = [
        migrations.RemoveConstraint(
            model_name='charge',
            name='charge_state_known',
        ),
        migrations.RemoveConstraint(
            model_name='charge',
            name='charge_not_paid_has_no_moment',
        ),
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_status_known',
        ),
        migrations.AddField(
            model_name='payment',
            name='owed_back_vnd',
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='payment',
            name='received_vnd',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='payment',
            name='refund_reference',
            field=models.CharField(blank=True, max_length=100, verbose_name='chứng từ hoàn tiền'),
        ),
        migrations.AddField(
            model_name='payment',
            name='refunded_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='payment',
            name='refunded_by',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='payment',
            name='refunded_vnd',
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='charge',
            name='state',
            field=models.CharField(choices=[('unpaid', 'Chưa thanh toán'), ('pending', 'Chờ xác nhận thanh toán'), ('paid', 'Đã thanh toán'), ('cancelled', 'Đã hủy khoản thu'), ('refund_due', 'Chờ hoàn phí'), ('refunded', 'Đã hoàn phí')], default='unpaid', max_length=12),
        ),
        migrations.AlterField(
            model_name='payment',
            name='status',
            field=models.CharField(choices=[('started', 'Đang chờ ngân hàng xác nhận'), ('paid', 'Thành công'), ('failed', 'Không thành công'), ('cancelled', 'Người nộp đã hủy'), ('expired', 'Hết hạn thanh toán'), ('voided', 'Đã hủy do sai số tiền')], default='started', max_length=12),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('owed_back_vnd__gt', 0)), fields=['charge'], name='payment_owed_back'),
        ),
        migrations.RunSQL(
            """
            UPDATE payments_payment p SET received_vnd = (e.data->>'reported_vnd')::bigint
            FROM foundation_event e
            WHERE p.flag = 'amount_mismatch' AND e.type = 'payment.flagged' AND e.data->>'code' = p.code;
            UPDATE payments_payment SET received_vnd = amount_vnd
            WHERE flag = 'amount_mismatch' AND received_vnd IS NULL;
            UPDATE payments_payment p SET owed_back_vnd = p.amount_vnd FROM payments_charge c
            WHERE c.id = p.charge_id AND p.status = 'paid' AND (p.flag = 'duplicate' OR c.state = 'refund_due');
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['unpaid', 'pending', 'paid', 'cancelled', 'refund_due', 'refunded'])), name='charge_state_known'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['paid', 'refund_due', 'refunded']), ('paid_at', None), _connector='OR'), name='charge_not_paid_has_no_moment'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['started', 'paid', 'failed', 'cancelled', 'expired', 'voided'])), name='payment_status_known'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('flag', 'amount_mismatch'), _negated=True), models.Q(('status', 'voided'), _negated=True)), ('received_vnd__isnull', False), _connector='OR'), name='payment_of_wrong_amount_says_what_came'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('owed_back_vnd', 0), ('status__in', ['paid', 'voided']), _connector='OR'), name='payment_owed_back_only_of_what_came'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('refund_reference', ''), ('refunded_at', None), ('refunded_by', ''), ('refunded_vnd', 0)), models.Q(('refunded_at__isnull', False), ('refunded_vnd__gt', 0), models.Q(('refunded_by', ''), _negated=True), models.Q(('refund_reference', ''), _negated=True)), _connector='OR'), name='payment_refund_is_told_whole'),
        ),
    ]
